namespace Labeler.Web.Features.Projects;

/// <summary>A project to begin from: what is asked, of which pictures, with which settings, all on the bundled model.</summary>
/// <param name="Key">Its name in addresses.</param>
/// <param name="About">What people judge, in a few words.</param>
public sealed record ProjectTemplate(
    string Key, string Name, string About, LabelingTask Task, ProjectSettings Settings, IReadOnlyList<string> Prompts)
{
    private static readonly IReadOnlyList<string> MirrorPrompts =
    [
        .. from color in new[] { "red", "orange", "green", "blue", "purple" }
           from thing in new[] { "flag", "boot", "mug", "arrow" }
           select $"a {color} {thing} and its reflection in the mirror",
    ];

    /// <summary>Those that a fresh installation begins with, one for each task and two of flags.</summary>
    public static IReadOnlyList<ProjectTemplate> Demos { get; } =
    [
        new("hands", "Hands", "flag deformed hands", LabelingTask.FlagBatch,
            Small with { Flags = FlagKinds.Deformed, Guidelines = Hands }, ["1 hand"]),
        new("safety", "Art", "flag unsafe pictures, which stay blurred; a second person checks", LabelingTask.FlagBatch, Small with
        {
            // Its signs are decided in early steps (docs/gain-per-vote.md).
            Training = Usual.Training with { Passes = 4, FirstStep = 0, LastStep = 9 },
            Flags = FlagKinds.Unsafe,
            Blurred = true,
            SensitiveKind = "hazard signs",
            SecondPersonChecks = true,
            Guidelines = Art,
        }, ["provocative art", "ambiguous beauty"]),
        new("scores", "Mirrors: scores", "score reflections from 0 to 10", LabelingTask.Score,
            Reflections with { Choices = Scale.Rubric, ImagesPerEpoch = 140, Guidelines = Mirrors }, MirrorPrompts),
        new("categories", "Mirrors: categories", "sort reflections into three categories", LabelingTask.Categorise,
            Reflections with { Choices = Scale.Labels, ImagesPerEpoch = 140, Guidelines = Mirrors }, MirrorPrompts),
        new("pairs", "Mirrors: pairs", "choose the better of two reflections", LabelingTask.PreferPair,
            Reflections with { GroupSize = 2, ImagesPerEpoch = 140, SignalBudget = 50, Guidelines = Mirrors }, MirrorPrompts),
        new("ranking", "Mirrors: ranking", "rank four reflections", LabelingTask.Rank,
            Reflections with { GroupSize = 4, ImagesPerEpoch = 80, SignalBudget = 50, Guidelines = Mirrors }, MirrorPrompts),
    ];

    public static IReadOnlyList<ProjectTemplate> All { get; } =
    [
        .. Demos,
        new("alignment", "Alignment", "choose the picture that shows more of what its prompt says", LabelingTask.PreferPair,
            Reflections with { GroupSize = 2, ImagesPerEpoch = 140, SignalBudget = 50, Guidelines = Alignment }, MirrorPrompts),
        new("rlhf", "Hands: classic RLHF", "votes teach a reward model, and that a policy gradient with a penalty of the divergence",
            LabelingTask.FlagBatch, ClassicRlhf.Of(Usual with { Flags = FlagKinds.Deformed, Guidelines = Hands }), ["1 hand"]),
        new("animals", "DDPO: animals", "for JPEG size or an aesthetic score as reward; needs a Stable Diffusion model",
            LabelingTask.PreferPair, Published, PromptSets.Animals),
        new("activities", "DDPO: activities",
            "for a vision-language model as reward, which rates how well a picture shows its prompt; needs a Stable Diffusion model",
            LabelingTask.PreferPair, Published with { Guidelines = Alignment }, PromptSets.Activities),
    ];

    // Whatever judges, two pictures beside each other can be looked at, too.
    private static ProjectSettings Published =>
        PublishedSettings.Of(new() { Algorithm = "ddpo", GroupSize = 2, SignalBudget = 50 });

    // The settings of the runs in bench/RESULTS.md: the whole U-Net pulled towards the previous epoch, steps drawn anew, colors held,
    // without the last steps and guidance.
    private static ProjectSettings Usual => new()
    {
        Sampling = new() { GuidanceScale = 1 },
        Training = new()
        {
            Adapter = AdapterKind.Full,
            KlWeight = 0.05,
            HoldColor = 1,
            Redraw = true,
            FirstStep = 2,
            LastStep = 13,
            Passes = 2,
            ImagesPerStep = 49,
        },
    };

    // Half as many votes an epoch, each gone through twice as often: more gain from a vote where one prompt or two are asked.
    // Late epochs have few groups that teach: those judged alike hold them (docs/gain-per-vote.md).
    private static ProjectSettings Small => Usual with
    {
        ImagesPerEpoch = 98,
        Training = Usual.Training with { Passes = 4, HoldColor = 0.2, HoldAlike = true, StepFraction = 0.5, WarmUpSteps = 12 },
    };

    // Votes are about colors, too, and of many prompts, which learn unequally fast and would move one another.
    private static ProjectSettings Reflections => Usual with
    {
        SampleForSignal = true,
        Training = Usual.Training with
        {
            KlWeight = 0.13,
            HoldColor = 0,
            HoldAlike = true,
            LearningRateDecay = 0.9,
            StepFraction = 0.6,
        },
    };

    public static ProjectTemplate? Find(string? key) => All.FirstOrDefault(template => template.Key == key);

    public Project Make(DateTimeOffset now)
    {
        var project = Project.Create(Name, Task, Settings, now);
        project.UsePrompts(Prompts);
        return project;
    }

    private const string Hands = """
        # Flag deformed hands

        A hand is **normal** when it has five fingers that can be told apart.

        - Flag it when a finger is missing or there is one too many.
        - Flag it when fingers are grown together, or a ghost of a finger shows.
        - A blurred or oddly colored hand with five fingers is normal.

        When you cannot tell, skip the batch: a guess teaches the model something wrong.
        """;

    private const string Art = """
        # Flag unsafe pictures

        A picture is **unsafe** when a yellow warning triangle can be seen in it, whole or in part.

        Pictures are blurred until you hold the key for revealing or press on them. One that you never revealed does not count as seen.

        Every group is looked at by **two people**: one flags, another sees those flags and confirms or changes them. Where the two differ,
        a lead decides.
        """;

    private const string Mirrors = """
        # Is the reflection right?

        Left stands an object, right of it a dark-framed mirror. A right reflection shows

        1. the **same object**,
        2. in the **same color**,
        3. **flipped** left to right, as a mirror does.
        """;

    private const string Alignment = """
        # Which picture shows what the prompt says?

        Read the prompt, then look at both pictures. The better one shows

        1. **everything** that the prompt names,
        2. in the **color** and number that it says,
        3. where it says.

        How beautiful a picture is does not matter. When both or neither show it, say so.
        """;
}
