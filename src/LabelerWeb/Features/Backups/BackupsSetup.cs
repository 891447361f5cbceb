using Labeler.Shared.Data.Backups;

namespace Labeler.Web.Features.Backups;

public static class BackupsSetup
{
    public static IServiceCollection AddBackups(this IServiceCollection services)
    {
        services.AddOptions<BackupOptions>().BindConfiguration(BackupOptions.Section);
        return services.AddSingleton<BackupSchedule>().AddHostedService(provider => provider.GetRequiredService<BackupSchedule>());
    }

    public static IEndpointRouteBuilder MapBackups(this IEndpointRouteBuilder routes)
    {
        routes.MapPosts("/backups", Role.Admin).MapPost("/now", async (HttpContext context, DatabaseBackups backups, LabelerDb db) =>
        {
            LabelerException.ThrowIf(!db.Database.IsSqlite(), "The database is a PostgreSQL server's: make its backups there.");
            var made = await Task.Run(() => backups.Write(BackupKind.Manual), context.RequestAborted);
            return context.Done(Texts.Say($"The database was copied to {made.Name}."), "/system");
        });
        return routes;
    }
}
