using Labeler.Shared.Data.Servers;
using Labeler.Shared.Retention;
using Labeler.Web.Hosting;

namespace Labeler.Web.Features.Retention;

/// <summary>Once a day removes what the rules name, where an admin said that they work by themselves.</summary>
internal sealed class RetentionSchedule(
    IDbContextFactory<LabelerDb> contexts, RetentionRun run, SpaceWatch space, Duties duties, TimeProvider time,
    ILogger<RetentionSchedule> log) : SoleService("retention", Lease, BetweenLooks, duties, time, log)
{
    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    public static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);

    protected override string Failure => "What the rules of retention name could not be removed";

    protected override async Task LookAlone(CancellationToken stopping)
    {
        RetentionPolicy policy;
        await using (var db = await contexts.CreateDbContextAsync(stopping))
        {
            policy = await RetentionPolicy.Read(db, stopping);
        }
        if (policy.Settings.ByItself && !(Time.GetUtcNow() - policy.AppliedAt < Every))
        {
            await run.Apply(policy.Settings, stopping);
            space.Forget();
        }
    }
}
