namespace Labeler.Web.Maintenance.Looks;

/// <summary>Whether the models of projects lie on this machine and are whole.</summary>
internal sealed class ModelsLook(IServiceProvider services, DoctorReport report)
{
    public async Task Run(CancellationToken cancel)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync(cancel);
        var folder = services.GetRequiredService<DataFolder>();
        var projects = await db.Projects.AsNoTracking().ToListAsync(cancel);
        foreach (var users in projects.GroupBy(project => project.Settings.ModelFolder).OrderBy(users => users.Key, StringComparer.Ordinal))
        {
            await report.Try("model", () => Task.FromResult(
                ModelFacts.Read(users.Key, folder.Root) is var facts ? $"{users.Key}: {facts.Told(facts.Family)}" : ""));
        }
    }
}
