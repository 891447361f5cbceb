using System.ComponentModel.DataAnnotations;

namespace Labeler.Shared.Projects;

/// <summary>Everything about a project that an admin may change later; kept as JSON, so a new setting needs no migration.</summary>
public sealed record ProjectSettings
{
    /// <summary>The most images that are sampled for one that is kept.</summary>
    public const int MostSampledForOne = 16;

    [Display(Name = "Flags", Description = "Which flags annotators can give (flag task).")]
    public FlagKinds Flags { get; init; } = FlagKinds.Deformed;

    [Display(Name = "Options", Description = "The categories or scores with their keys (categorise and score tasks).")]
    public IReadOnlyList<Choice> Choices { get; init; } = [];

    [Display(Name = "Model folder", Description = "A checkpoint in the diffusers folder layout."), Required, StringLength(1000)]
    public string ModelFolder { get; init; } = "models/mirror-world";

    [Display(Name = "Images per group", Description = "Images of one prompt from one starting noise."), Range(1, 16)]
    public int GroupSize { get; init; } = 7;

    [Display(Name = "Pairs of a group",
        Description = "Which images meet in a pair project. All: n(n − 1)/2 pairs. Sorted: only those that bring the group into an order, "
            + "the next ones following from the answers. By size: all of a group of up to 4 images, else sorted.")]
    public PairChoice Pairs { get; init; }

    [Display(Name = "Images per epoch", Description = "Rounded up to whole groups."), Range(1, 100_000)]
    public int ImagesPerEpoch { get; init; } = 350;

    [Display(Name = "Votes per item", Description = "How many people judge each item."), Range(1, 50)]
    public int VotesPerItem { get; init; } = 1;

    [Display(Name = "A second person checks",
        Description = "Flag task, one vote per item: a second person sees the first's flags and confirms or changes them; where they "
            + "differ, a lead decides in Review. Nothing counts before that. For items made from now on.")]
    public bool SecondPersonChecks { get; init; }

    [Display(Name = "Practice items",
        Description = "Items with a known answer (gold) that everybody judges first, with a word after each on what is right; their own "
            + "votes count once they pass. 0 for no practice."), Range(0, 100)]
    public int PracticeItems { get; init; }

    [Display(Name = "Right in practice, percent",
        Description = "How many of the practice items must be judged rightly. Three tries; then a lead lets people in or asks again."),
        Range(1, 100)]
    public int PracticePercent { get; init; } = 80;

    [Display(Name = "Right on known items, percent",
        Description = "When somebody's right answers to items with a known answer (gold) fall below this share, webhooks are told, from 10 "
            + "answers on. Empty for never."), Range(1, 100)]
    public int? GoldPercent { get; init; }

    [Display(Name = "Guidelines", Description = "Markdown, always one key away while labeling."), StringLength(100_000)]
    public string Guidelines { get; init; } = "";

    [Display(Name = "Blur images", Description = "Images stay blurred until held or clicked; an image never unblurred counts as not seen.")]
    public bool Blurred { get; init; }

    [Display(Name = "Kind of sensitive content", Description = "What people can opt out of, for example violence; empty for none."),
        StringLength(60)]
    public string SensitiveKind { get; init; } = "";

    [Display(Name = "Algorithm", Description = "How preferences change the model."), Required, StringLength(40)]
    public string Algorithm { get; init; } = "d3po";

    public SamplingSettings Sampling { get; init; } = new();

    public TrainingOptions Training { get; init; } = new();

    public ComputeSettings Compute { get; init; } = new();

    [Display(Name = "Signal budget",
        Description = "Usable pairs, or judged images where the algorithm learns from those, that make an epoch ready for training."),
        Range(1, 1_000_000)]
    public int SignalBudget { get; init; } = 200;

    [Display(Name = "Goal, percent",
        Description = "The share of normal or safe pictures that the project is after: a line in its charts. Empty for none."),
        Range(1, 100)]
    public int? GoalPercent { get; init; }

    [Display(Name = "Train automatically", Description = "Start training when every item of the epoch is judged or the budget is reached.")]
    public bool TrainAutomatically { get; init; }

    [Display(Name = "Roll back when worse",
        Description = "When an epoch is judged and clearly worse than the one its model learned from, go back to the model before instead "
            + "of training on.")]
    public bool RollBackWhenWorse { get; init; }

    [Display(Name = "Anchors",
        Description = "Items of the first epoch that people judge again in every later one, to tell a change of the model from a change "
            + "of the people; 0 for none."), Range(0, 200)]
    public int Anchors { get; init; } = 4;

    [Display(Name = "Route for signal",
        Description = "Hand out first what is asked of prompts whose pictures were judged most differently so far. Rates of an epoch that "
            + "is not judged to its end then lean towards those.")]
    public bool RouteForSignal { get; init; }

    [Display(Name = "Sample for signal",
        Description = "Samples most of the prompts whose votes taught most in the last two epochs, and less of those whose pictures were "
            + "judged alike. Rates of an epoch are then of the prompts it asked about: compare epochs by evaluation images.")]
    public bool SampleForSignal { get; init; }

    [Display(Name = "Evaluation images",
        Description = "Images of fixed prompts and seeds that every epoch samples for before and after. Where people prefer pairs, one "
            + "question in ten compares them blindly with the epoch before: the win rate."), Range(0, 10_000)]
    public int EvaluationImages { get; init; } = 32;

    /// <summary>Images that are sampled for each one of a group that is kept; 1 keeps all.</summary>
    [Range(1, MostSampledForOne)]
    public int BestOf { get; init; } = 1;

    /// <summary>Id of the reward that chooses which are kept.</summary>
    public long? BestOfReward { get; init; }

    /// <summary>Ids of the rewards that score the evaluation pictures of every epoch.</summary>
    public IReadOnlyList<long> MeasuredRewards { get; init; } = [];

    [Display(Name = "Seed", Description = "Decides prompts and starting noises of all epochs."), Range(0, long.MaxValue)]
    public long Seed { get; init; } = 1;

    /// <summary>Right answers that pass the practice.</summary>
    public int PracticeRight => (PracticeItems * PracticePercent + 99) / 100;

    /// <summary>Groups of one epoch: enough for the wanted images.</summary>
    public int GroupsPerEpoch => GroupSize < 1 ? 0 : (ImagesPerEpoch + GroupSize - 1) / GroupSize;
}
