using Labeler.Shared.PreferenceSets;

namespace Labeler.Web.Features.Sets;

/// <summary>Registers what writes preference sets and takes them in; the jobs are done beside the pages, as imports of photos
/// are.</summary>
public static class SetsSetup
{
    public static IServiceCollection AddSets(this IServiceCollection services) =>
        services.AddSingleton<SetExport>().AddSingleton<IJobHandler>(provider => provider.GetRequiredService<SetExport>())
            .AddSingleton<SetImport>().AddSingleton<IJobHandler>(provider => provider.GetRequiredService<SetImport>())
            .AddSingleton<SetUpload>();
}
