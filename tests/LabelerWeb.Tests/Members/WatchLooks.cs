using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Labeler.Web.Security;

namespace Labeler.Web.Tests.Members;

/// <summary>Waits until everybody who hears of rights has asked anew and found that nothing has changed.</summary>
internal static class WatchLooks
{
    public static async Task HasToldAll(this RightsWatch watch, Func<Func<LabelerDb, Task>, Task> change)
    {
        // It tells all at once, one time after the other: after the second those of the first have ended.
        for (var times = 0; times < 2; times++)
        {
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var hears = watch.Hear(() =>
            {
                told.TrySetResult();
                return Task.CompletedTask;
            });
            await change(db =>
            {
                db.Add(new AuditEntry(DateTimeOffset.UtcNow, "POST /something/else", "", AuditOutcome.Done, ""));
                return db.SaveChangesAsync();
            });
            await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }
}
