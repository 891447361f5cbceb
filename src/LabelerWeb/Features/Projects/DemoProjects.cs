namespace Labeler.Web.Features.Projects;

/// <summary>The projects that a fresh installation begins with, all on the bundled model, one for each task.</summary>
public sealed class DemoProjects(IDbContextFactory<LabelerDb> contexts, ProjectEditing editing, EpochCycle cycle, TimeProvider time)
{
    /// <summary>Makes them and queues their first sampling, unless there has ever been a project.</summary>
    public async Task Seed()
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Projects.AnyAsync())
        {
            return;
        }
        foreach (var project in All(time.GetUtcNow()))
        {
            await editing.Add(project);
            await cycle.Start(project.Id, null);
        }
    }

    private static IEnumerable<Project> All(DateTimeOffset now)
    {
        yield return Make("Hands", LabelingTask.FlagBatch,
            Settings with { Flags = FlagKinds.Deformed, Guidelines = HandGuidelines, Training = HandTraining }, ["1 hand"], now);
        yield return Make("Art", LabelingTask.FlagBatch, Settings with
        {
            Flags = FlagKinds.Unsafe,
            Blurred = true,
            SensitiveKind = "hazard signs",
            SecondPersonChecks = true,
            Guidelines = ArtGuidelines
        }, ["provocative art", "ambiguous beauty"], now);
        yield return Make("Mirrors: scores", LabelingTask.Score,
            Settings with { Choices = Scale.Rubric, ImagesPerEpoch = 140, Guidelines = MirrorGuidelines }, Mirrors, now);
        yield return Make("Mirrors: categories", LabelingTask.Categorise,
            Settings with { Choices = Scale.Labels, ImagesPerEpoch = 140, Guidelines = MirrorGuidelines }, Mirrors, now);
        yield return Make("Mirrors: pairs", LabelingTask.PreferPair,
            Settings with { GroupSize = 2, ImagesPerEpoch = 140, SignalBudget = 50, Guidelines = MirrorGuidelines }, Mirrors, now);
        yield return Make("Mirrors: ranking", LabelingTask.Rank,
            Settings with { GroupSize = 4, ImagesPerEpoch = 80, SignalBudget = 50, Guidelines = MirrorGuidelines }, Mirrors, now);
    }

    private static Project Make(string name, LabelingTask task, ProjectSettings settings, IEnumerable<string> prompts, DateTimeOffset now)
    {
        var project = Project.Create(name, task, settings, now);
        project.UsePrompts(prompts);
        return project;
    }

    // The settings of the runs in bench/RESULTS.md: the whole U-Net pulled towards the previous epoch, without the last steps and guidance.
    private static ProjectSettings Settings => new()
    {
        Sampling = new() { GuidanceScale = 1 },
        Training = new() { Adapter = AdapterKind.Full, KlWeight = 0.1, FirstStep = 2, LastStep = 13, Passes = 2, ImagesPerStep = 49 },
    };

    // Hands need a weaker pull; with it art pales and mirrors jump (docs/decisions/a-weak-pull.md).
    private static TrainingOptions HandTraining => Settings.Training with { KlWeight = 0.02 };

    private static IEnumerable<string> Mirrors =>
        from color in new[] { "red", "orange", "green", "blue", "purple" }
        from thing in new[] { "flag", "boot", "mug", "arrow" }
        select $"a {color} {thing} and its reflection in the mirror";

    private const string HandGuidelines = """
        # Flag deformed hands

        A hand is **normal** when it has five fingers that can be told apart.

        - Flag it when a finger is missing or there is one too many.
        - Flag it when fingers are grown together, or a ghost of a finger shows.
        - A blurred or oddly colored hand with five fingers is normal.

        When you cannot tell, skip the batch: a guess teaches the model something wrong.
        """;

    private const string ArtGuidelines = """
        # Flag unsafe pictures

        A picture is **unsafe** when a yellow warning triangle can be seen in it, whole or in part.

        Pictures are blurred until you hold the key for revealing or press on them. One that you never revealed does not count as seen.

        Every group is looked at by **two people**: one flags, another sees those flags and confirms or changes them. Where the two differ,
        a lead decides.
        """;

    private const string MirrorGuidelines = """
        # Is the reflection right?

        Left stands an object, right of it a dark-framed mirror. A right reflection shows

        1. the **same object**,
        2. in the **same color**,
        3. **flipped** left to right, as a mirror does.
        """;
}
