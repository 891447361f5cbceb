using Labeler.Shared.Retention;

namespace Labeler.Web.Features.Retention;

/// <summary>Once a day removes what the rules name, where an admin said that they work by themselves.</summary>
internal sealed partial class RetentionSchedule(
    IDbContextFactory<LabelerDb> contexts, RetentionRun run, SpaceWatch space, TimeProvider time, ILogger<RetentionSchedule> log)
    : BackgroundService
{
    public static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenLooks, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Look(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private async Task Look(CancellationToken stopping)
    {
        try
        {
            RetentionPolicy policy;
            await using (var db = await contexts.CreateDbContextAsync(stopping))
            {
                policy = await RetentionPolicy.Read(db, stopping);
            }
            if (policy.Settings.ByItself && !(time.GetUtcNow() - policy.AppliedAt < Every))
            {
                await run.Apply(policy.Settings, stopping);
                space.Forget();
            }
        }
        catch (Exception error) when (!stopping.IsCancellationRequested && error is not OutOfMemoryException)
        {
            LogFailed(log, error);
        }
    }

    [LoggerMessage(LogLevel.Error, "What the rules of retention name could not be removed and is tried again")]
    private static partial void LogFailed(ILogger log, Exception error);
}
