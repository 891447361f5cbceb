using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Tests.Algorithms.D3po;

public sealed class PerPromptStatTrackerTests
{
    [Fact]
    public void A_prompt_with_few_rewards_uses_the_batch_and_one_with_enough_its_own_buffer()
    {
        var tracker = new PerPromptStatTracker(bufferSize: 2, minimumCount: 2);

        var first = tracker.Update(["cat", "dog"], [1, 3]);
        Assert.Equal([-1, 1], first.Select(value => Math.Round(value, 4)));

        var second = tracker.Update(["cat", "cat"], [3, 7]);
        Assert.Equal([-1, 1], second.Select(value => Math.Round(value, 4)));
        Assert.Equal((5, 2, 2), tracker.Current()["cat"]);
        Assert.Equal((3, 0, 1), tracker.Current()["dog"]);
    }
}
