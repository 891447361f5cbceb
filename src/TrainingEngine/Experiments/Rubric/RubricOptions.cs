using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Experiments.Rubric;

/// <summary>What is curated, learned and scored.</summary>
public sealed record RubricOptions
{
    /// <summary>The labels that are learned from, an adapter each; label 3 is left out.</summary>
    public static IReadOnlyList<int> Labels { get; } = [1, 2];

    /// <summary>Drawn mirror scenes that are labeled.</summary>
    public int Scenes { get; init; } = 400;

    /// <summary>Images of each checkpoint that are scored at fixed seeds, and as many at random ones.</summary>
    public int EvaluationImages { get; init; } = 100;

    /// <summary>Raters who score every image.</summary>
    public int Raters { get; init; } = 3;

    /// <summary>How raters and the labeler err.</summary>
    public AnnotatorOptions Annotator { get; init; } = new(WrongShare: 0.1);

    /// <summary>DDIM steps.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Guidance scale.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>Settings of the fine-tuning: steps of an adapter, warm-up, images accumulated to a step, steps between
    /// evaluations.</summary>
    public SupervisedOptions Tuning { get; init; } =
        new() { LearningRate = 1e-3, Steps = 400, WarmUpSteps = 40, EvaluateEvery = 100, EvaluationImages = 0 };

    /// <summary>The adapter; rank 8 as published, on all layers because a small U-Net has few attention layers.</summary>
    public TrainedPart.Adapter Trained { get; init; } = new(LoraTargets.AllLinear | LoraTargets.Convolutions, 8);

    /// <summary>Steps at which there is a checkpoint to score; 0 is the base model.</summary>
    internal IEnumerable<int> Checkpoints =>
        Enumerable.Range(0, (Tuning.Steps / Tuning.EvaluateEvery) + 1).Select(number => number * Tuning.EvaluateEvery);

    /// <summary>Who labels.</summary>
    internal SimulatedAnnotator Labeler => new(Annotator.First(Tuning.Seed, crew: 1));

    /// <summary>Who score.</summary>
    internal SimulatedAnnotator[] Scorers => SimulatedAnnotator.Several(Raters, Annotator.First(Tuning.Seed, crew: 0));

    /// <exception cref="EngineException">A setting is impossible; the message names it.</exception>
    public void Check()
    {
        Annotator.Check();
        Bounds.Check(
            ("--scenes", Scenes, 1, 1_000_000), ("--evaluation-images", EvaluationImages, 1, 1_000_000),
                ("--raters", Raters, 1, AnnotatorOptions.MostOfCrew), ("--steps", Steps, 2, 1000),
            ("--evaluate-every", Tuning.EvaluateEvery, 1, int.MaxValue),
                ("--training-steps", Tuning.Steps, Tuning.EvaluateEvery, int.MaxValue), ("--lora-rank", Trained.Rank, 1, 1024));
        Tuning.Validate();
        if (Tuning.Steps % Tuning.EvaluateEvery != 0)
        {
            throw new EngineException(
                $"--training-steps is {Tuning.Steps}, no multiple of {Tuning.EvaluateEvery}, so its end would not be scored; choose "
                    + $"another, or another --evaluate-every");
        }
    }
}
