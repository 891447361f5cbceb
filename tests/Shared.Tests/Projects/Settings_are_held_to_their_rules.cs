using Labeler.Shared.Projects;

namespace Labeler.Shared.Tests.Projects;

public sealed class Settings_are_held_to_their_rules
{
    private static readonly DateTimeOffset Now = new(2025, 3, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_defaults_are_valid_and_rates_adapter_and_sampling_are_d3pos_own()
    {
        var settings = new ProjectSettings();
        Assert.Empty(settings.Faults(LabelingTask.FlagBatch));
        Assert.Equal((0.1, 0.1, 3e-5, 4, 20, 5.0), (settings.Training.Beta, settings.Training.Clamp, settings.Training.LearningRate, settings.Training.Rank, settings.Sampling.Steps, settings.Sampling.GuidanceScale));
    }

    [Fact]
    public void What_d3pos_and_ddpos_authors_had_is_kept_whole_and_leaves_the_rest_as_it_was()
    {
        var ours = new ProjectSettings { ModelFolder = "models/sd15", Sampling = new() { Size = 512, Steps = 5 }, Training = new() { Rank = 64, Passes = 9, LastStep = 3, KlWeight = 0.1, Seed = 7 } };
        var d3po = PublishedSettings.Of(ours);
        Assert.Equal((7, 1000, 20, 5.0, 1.0), (d3po.GroupSize, d3po.ImagesPerEpoch, d3po.Sampling.Steps, d3po.Sampling.GuidanceScale, d3po.Sampling.Eta));
        Assert.Equal((4, 1, null, 0.0, UpdateMode.Official), (d3po.Training.Rank, d3po.Training.Passes, d3po.Training.LastStep, d3po.Training.KlWeight, d3po.Training.Loop));
        var ddpo = PublishedSettings.Of(ours with { Algorithm = "ddpo" });
        Assert.Equal((256, 50, 5.0, 64, 1), (ddpo.ImagesPerEpoch, ddpo.Sampling.Steps, ddpo.Sampling.GuidanceScale, ddpo.Training.ImagesPerStep, ddpo.Training.Passes));
        Assert.All(new[] { d3po, ddpo }, settings => Assert.Equal(("models/sd15", 512, 7), (settings.ModelFolder, settings.Sampling.Size, settings.Training.Seed)));
        Assert.All(new[] { d3po, ddpo }, settings => Assert.Empty(settings.Faults(LabelingTask.FlagBatch)));
        Assert.Throws<LabelerException>(() => PublishedSettings.Of(ours with { Algorithm = "dpok" }));
    }

    public static TheoryData<LabelingTask, ProjectSettings> Wrong() => new()
    {
        { LabelingTask.FlagBatch, new() { Flags = FlagKinds.None } },
        { LabelingTask.FlagBatch, new() { GroupSize = 0 } },
        { LabelingTask.FlagBatch, new() { ModelFolder = "" } },
        { LabelingTask.FlagBatch, new() { Training = new() { LearningRate = double.NaN } } },
        { LabelingTask.FlagBatch, new() { Sampling = new() { Steps = 100_000 } } },
        { LabelingTask.FlagBatch, new() { Training = new() { FirstStep = 5, LastStep = 2 } } },
        { LabelingTask.FlagBatch, new() { Training = new() { Adapter = AdapterKind.Full, TextEncoders = true } } },
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
