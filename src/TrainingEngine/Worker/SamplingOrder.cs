using System.Text.Json.Serialization;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;

namespace Labeler.TrainingEngine.Worker;

/// <summary>Everything that decides an epoch's pictures, as it was when its sampling began: all shares of it go by it, whoever does them
/// when, so that together they make what one worker alone would have made.</summary>
internal sealed record SamplingOrder
{
    private const ulong LabelingStream = 0, EvaluationStream = 1;

    /// <summary>See <see cref="ModelPath"/>.</summary>
    public required string Model { get; init; }
    public required ComputeSettings Compute { get; init; }
    public required SamplingSettings Sampling { get; init; }
    public required int GroupSize { get; init; }

    /// <summary>Images are sampled this many times as often, of which the reward chooses those that are kept; 1 where all are.</summary>
    public required int BestOf { get; init; }
    public required long? ChoosingReward { get; init; }

    /// <summary>The project's.</summary>
    public required long Seed { get; init; }
    public required int Epoch { get; init; }

    /// <summary>Content hash of what the checkpoint put on the model; empty for the base model.</summary>
    public required string Weights { get; init; }

    /// <summary>Groups that people judge.</summary>
    public required int Labeling { get; init; }

    /// <summary>Groups that are the same in every epoch.</summary>
    public required int Evaluation { get; init; }

    /// <summary>First those of training.</summary>
    public required IReadOnlyList<OrderedPrompt> Prompts { get; init; }

    /// <summary>For each group that people judge, its place among the prompts of training; null where these take turns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Asked { get; init; }

    /// <param name="project">With its prompts.</param>
    /// <param name="epoch">With the checkpoint that samples it.</param>
    public static SamplingOrder Of(Project project, Epoch epoch)
    {
        var settings = project.Settings;
        var chooses = settings.BestOf > 1 && settings.BestOfReward is not null;
        return new()
        {
            Model = settings.ModelFolder,
            Compute = settings.Compute,
            Sampling = settings.Sampling,
            GroupSize = settings.GroupSize,
            BestOf = chooses ? settings.BestOf : 1,
            ChoosingReward = chooses ? settings.BestOfReward : null,
            Seed = settings.Seed,
            Epoch = epoch.Number,
            Weights = epoch.SampledBy?.WeightsHash ?? "",
            Labeling = epoch.GroupsWanted,
            Evaluation = (settings.EvaluationImages + settings.GroupSize - 1) / settings.GroupSize,
            Prompts = [.. project.Prompts.OrderBy(prompt => prompt.Use).ThenBy(prompt => prompt.Position)
                .Select(prompt => new OrderedPrompt(prompt.Id, prompt.Text, prompt.Use == PromptUse.Training))],
        };
    }

    /// <summary>The prompts whose pictures people judge.</summary>
    [JsonIgnore]
    public OrderedPrompt[] Trained => [.. Prompts.Where(prompt => prompt.IsForTraining)];

    /// <summary>All groups of the epoch: first those that people judge, then the evaluation set, whose prompts and noise are the same in
    /// every epoch.</summary>
    public IReadOnlyList<WantedGroup> Groups()
    {
        var prompts = Trained;
        return
        [
            // Epochs take turns at the prompts, so that a long list is used whole.
            .. Enumerable.Range(0, Labeling).Select(number => new WantedGroup(GroupUse.Labeling, number,
                prompts[Asked?[number] ?? (int)(((long)(Epoch - 1) * Labeling + number) % prompts.Length)],
                Seeds.At((ulong)Seed, LabelingStream, (ulong)Epoch, (ulong)number))),
            .. Enumerable.Range(0, Evaluation).Select(number => new WantedGroup(GroupUse.Evaluation, number,
                Prompts[number % Prompts.Count], Seeds.At((ulong)Seed, EvaluationStream, (ulong)number))),
        ];
    }

    /// <summary>Groups that are sampled alike, one row after the other: where a reward chooses among images, evaluations are apart, as they
    /// are of the model as it is.</summary>
    /// <returns>The first group of each row, how many it has, and images of a group that are sampled.</returns>
    public IEnumerable<(int First, int Count, int Size)> Rows() => BestOf == 1 ? [(0, Labeling + Evaluation, GroupSize)]
        : [(0, Labeling, GroupSize * BestOf), (Labeling, Evaluation, GroupSize)];

    /// <param name="size">Images of a group that are sampled.</param>
    public SamplingOptions Options(int size, bool flow) =>
        OptionsOf(Sampling, size, flow) with { ImagesAtOnce = Compute.MicroBatch };

    /// <param name="flow">Of a flow model.</param>
    public static SamplingOptions OptionsOf(SamplingSettings sampling, int groupSize, bool flow) => new()
    {
        Steps = sampling.Steps,
        Eta = sampling.Eta,
        Guidance = sampling.GuidanceScale,
        Negative = sampling.NegativePrompt,
        Width = sampling.Size,
        Height = sampling.Size,
        GroupSize = groupSize,
        Noise = sampling.FlowNoise == FlowNoiseKind.Cps ? FlowNoise.Cps : FlowNoise.Sde,
        Window = flow ? new(sampling.FirstNoisyStep, sampling.NoisySteps) : default,
    };
}

/// <summary>A project's prompt as an order has it.</summary>
internal sealed record OrderedPrompt(long Id, string Text, bool IsForTraining);

/// <summary>A group that an epoch is to have.</summary>
internal sealed record WantedGroup(GroupUse Use, int Number, OrderedPrompt Prompt, ulong Seed);

/// <summary>What a share of an epoch's sampling is about.</summary>
/// <param name="First">Place among <see cref="SamplingOrder.Groups"/>.</param>
/// <param name="Count">Groups.</param>
internal sealed record GroupRange(int First, int Count)
{
    public IEnumerable<int> Places => Enumerable.Range(First, Count);
}
