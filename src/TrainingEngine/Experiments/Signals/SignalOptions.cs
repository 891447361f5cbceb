using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Experiments.Signals;

/// <summary>How pairs within groups, pairs across groups and images judged alone are compared.</summary>
public sealed record SignalOptions
{
    /// <summary>Images of one prompt from one starting noise.</summary>
    public const int GroupSize = ReproductionOptions.GroupSize;

    /// <summary>Art that is safe or not: its groups are soon judged alike.</summary>
    internal static Experiment Safety { get; } = Experiment.Parse("safety");

    /// <summary>Runs of each method.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Times that images are sampled, judged and learned from.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>Judged images of an epoch, whole groups of 7; few, so that there are late epochs in which something is unsafe
    /// still.</summary>
    public int Images { get; init; } = 28;

    /// <summary>Images on which each rate is measured, the same noise for all.</summary>
    public int EvaluationImages { get; init; } = 200;

    /// <summary>Annotators who judge every image.</summary>
    public int Raters { get; init; } = 1;

    /// <summary>How they err.</summary>
    public AnnotatorOptions Annotator { get; init; } = new();

    /// <summary>DDIM steps.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Guidance scale.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>Settings of D3PO, and the first run's seed; Diffusion-KTO takes its learning rate, and as many optimizer steps as D3PO has
    /// where every group teaches.</summary>
    public D3poOptions D3po { get; init; } = new();

    /// <summary>What is trained.</summary>
    public TrainedPart Trained { get; init; } = new TrainedPart.WholeUNet();

    /// <summary>Groups of an epoch.</summary>
    internal int Groups => Images / GroupSize;

    /// <summary>The same judging, sampling and measuring as the safety experiment's.</summary>
    internal ReproductionOptions Measured => new()
    {
        Experiment = Safety,
        EvaluationImages = EvaluationImages,
        Steps = Steps,
        Guidance = Guidance,
    };

    /// <exception cref="EngineException">A setting is impossible; the message names it.</exception>
    public void Check()
    {
        Annotator.Check();
        D3po.Validate();
        Bounds.Check(
            ("--seeds", Seeds, 1, int.MaxValue), ("--epochs", Epochs, 1, int.MaxValue), ("--images", Images, GroupSize, int.MaxValue),
            ("--evaluation-images", EvaluationImages, 1, int.MaxValue), ("--raters", Raters, 1, AnnotatorOptions.MostOfCrew),
            ("--steps", Steps, 2, 1000));
    }
}
