using Labeler.Web.Features.Trainer;

namespace Labeler.Web.Tests;

public sealed class RestartWaitTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(20);

    [Fact]
    public void The_wait_doubles_at_each_failure_in_a_row_up_to_five_minutes()
    {
        var waits = new RestartWait(TimeSpan.FromSeconds(2));
        Assert.Equal([4, 8, 16, 32, 64, 128, 256, 300, 300], Enumerable.Range(0, 9).Select(_ => waits.After(true, Short).TotalSeconds));
    }

    [Fact]
    public void Minutes_of_health_bring_it_back()
    {
        var waits = new RestartWait(TimeSpan.FromSeconds(2));
        foreach (var _ in Enumerable.Range(0, 6))
        {
            waits.After(true, Short);
        }
        Assert.Equal(4, waits.After(true, RestartWait.WellAfter + Short).TotalSeconds);
        Assert.Equal(8, waits.After(true, Short).TotalSeconds);
        Assert.Equal(2, waits.After(false, Short).TotalSeconds);
    }
}
