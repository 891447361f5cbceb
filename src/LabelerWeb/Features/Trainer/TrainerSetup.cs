namespace Labeler.Web.Features.Trainer;

public static class TrainerSetup
{
    public static IServiceCollection AddTrainer(this IServiceCollection services)
    {
        services.AddOptions<TrainerOptions>().BindConfiguration(TrainerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TrainerWatch>().AddSingleton<WorkerLocation>().AddHostedService<TrainerHost>();
        return services;
    }
}
