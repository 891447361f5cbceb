using Labeler.Shared.Projects;

namespace Labeler.Shared.Tests.Projects;

public sealed class Prompt_sets_of_papers
{
    [Fact]
    public void Every_animal_is_at_every_activity_with_the_right_article()
    {
        Assert.Equal(45, PromptSets.Animals.Distinct().Count());
        Assert.Equal(3 * 45, PromptSets.Activities.Distinct().Count());
        Assert.Contains("a hedgehog washing the dishes", PromptSets.Activities);
        Assert.Equal(["an ant washing the dishes", "an ant riding a bike", "an ant playing chess"], PromptSets.Activities.Where(prompt => prompt.StartsWith("an ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_classic_way_is_a_policy_gradient_with_a_penalty_and_keeps_one_that_is_set()
    {
        var settings = new ProjectSettings { Algorithm = "d3po", GroupSize = 5 };
        Assert.False(ClassicRlhf.Is(settings));
        Assert.False(ClassicRlhf.Is(settings with { Algorithm = "ddpo" }));
        var classic = ClassicRlhf.Of(settings);
        Assert.True(ClassicRlhf.Is(classic));
        Assert.Equal(("ddpo", 0.02, 5), (classic.Algorithm, classic.Training.BaseKlWeight, classic.GroupSize));
        Assert.Equal((3e-4, 1e-5), (classic.Training.LearningRate, ClassicRlhf.Of(settings with { Training = new() { Adapter = AdapterKind.Full } }).Training.LearningRate));
        Assert.Equal(7e-5, ClassicRlhf.Of(classic with { Training = new() { LearningRate = 7e-5 } }).Training.LearningRate);
        Assert.Equal(0.5, ClassicRlhf.Of(classic with { Training = new() { BaseKlWeight = 0.5 } }).Training.BaseKlWeight);
    }
}
