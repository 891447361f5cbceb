using Labeler.Shared.Projects;

namespace Labeler.Shared.Tests.Projects;

public sealed class Settings_are_held_to_their_rules
{
    private static readonly DateTimeOffset Now = new(2025, 3, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_defaults_are_the_published_ones_and_valid()
    {
        var settings = new ProjectSettings();
        Assert.Empty(settings.Faults(LabelingTask.FlagBatch));
        Assert.Equal((0.1, 0.1, 3e-5, 4, 20, 5.0), (settings.Training.Beta, settings.Training.Clamp, settings.Training.LearningRate, settings.Training.Rank, settings.Sampling.Steps, settings.Sampling.GuidanceScale));
    }

    public static TheoryData<LabelingTask, ProjectSettings> Wrong() => new()
    {
        { LabelingTask.FlagBatch, new() { Flags = FlagKinds.None } },
        { LabelingTask.FlagBatch, new() { GroupSize = 0 } },
        { LabelingTask.FlagBatch, new() { ModelFolder = "" } },
        { LabelingTask.FlagBatch, new() { Training = new() { LearningRate = double.NaN } } },
        { LabelingTask.FlagBatch, new() { Sampling = new() { Steps = 100_000 } } },
        { LabelingTask.FlagBatch, new() { Training = new() { FirstStep = 5, LastStep = 2 } } },
        { LabelingTask.PreferPair, new() { GroupSize = 1 } },
        { LabelingTask.Rank, new() { GroupSize = 1 } },
        { LabelingTask.Rank, new() { GroupSize = 10 } },
        { LabelingTask.Score, new() { Choices = [new("0", "1", "", 0), new("10", "1", "", 10)] } },
        { LabelingTask.Score, new() { Choices = [new("0", "1", "", 0), new("10", "2")] } },
        { LabelingTask.Categorise, new() { Choices = [new("one", "u"), new("two", "2")] } },
        { LabelingTask.Categorise, new() { Choices = [new("one", "<script>"), new("two", "2")] } },
        { LabelingTask.Categorise, new() },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void Settings_that_cannot_work_are_refused(LabelingTask task, ProjectSettings settings) =>
        Assert.Throws<LabelerException>(() => Project.Create("x", task, settings, Now));

    [Theory]
    [InlineData("Hände & Füße!", "h-nde-f-e")]
    [InlineData("  <b>Art</b>  ", "b-art-b")]
    [InlineData("日本", "project")]
    public void A_projects_address_holds_only_plain_characters(string name, string slug) =>
        Assert.Equal(slug, Project.Create(name, LabelingTask.FlagBatch, new(), Now).Slug);

    [Fact]
    public void Prompts_lose_empty_lines_and_repeats()
        => Assert.Equal(["a hand", "an open hand"], PromptText.Clean(["\uFEFFa hand", "", "  ", "an open hand ", "a hand"]));

    [Fact]
    public void A_file_of_a_million_prompts_is_refused_with_one_line()
    {
        var error = Assert.Throws<LabelerException>(() => PromptText.Clean(Enumerable.Range(0, 1_000_000).Select(n => $"prompt {n}")));
        Assert.Contains("more than", error.Message);
    }

    [Theory]
    [InlineData("\u0000binary")]
    [InlineData(null)]
    public void A_prompt_that_is_no_text_or_has_no_end_is_refused(string? line) =>
        Assert.Throws<LabelerException>(() => PromptText.Clean([line ?? new string('x', 2_001)]));
}
