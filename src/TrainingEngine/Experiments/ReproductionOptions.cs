using System.Text.Json.Serialization;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>What is repeated, and how.</summary>
public sealed record ReproductionOptions
{
    /// <summary>Images of one prompt from one starting noise, as published.</summary>
    public const int GroupSize = 7;

    /// <summary>The experiment.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>Times that images are sampled, judged and learned from.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Judged images of an epoch, in whole groups of 7.</summary>
    public int Images { get; init; } = 350;

    /// <summary>Images on which each rate is measured.</summary>
    public int EvaluationImages { get; init; } = 350;

    /// <summary>Decides what is sampled for training and the order of learning; evaluation always has the same seeds.</summary>
    public int Seed { get; init; }

    /// <summary>Annotators who judge every image or pair.</summary>
    public int Raters { get; init; } = 1;

    /// <summary>How they err; rater r has the seed of this plus r.</summary>
    public AnnotatorOptions Annotator { get; init; } = new();

    /// <summary>DDIM steps.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Guidance scale.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>Settings of the updates.</summary>
    public D3poOptions D3po { get; init; } = new();

    /// <summary>What is trained.</summary>
    public TrainedPart Trained { get; init; } = new TrainedPart.WholeUNet();

    /// <summary>Earlier epochs whose judged pictures are learned from again in every epoch.</summary>
    public int Replay { get; init; }

    /// <summary>Whether flagged groups of one prompt make pairs with each other, too, as in a project.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AcrossGroups { get; init; }

    /// <summary>Whether prompts whose votes teach most are asked most, as in a project; else they take turns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SampleForSignal { get; init; }

    /// <summary>Groups of an epoch.</summary>
    public int Groups => Images / GroupSize;

    /// <exception cref="EngineException">A setting is impossible; the message names it.</exception>
    public void Check()
    {
        Annotator.Check();
        D3po.Validate();
        if (AcrossGroups && Experiment.Family == SceneFamily.Mirror)
        {
            throw new EngineException("--across-groups: mirrors are compared inside their groups; leave it out");
        }
        Bounds.Check(
            ("--epochs", Epochs, 1, int.MaxValue), ("--images", Images, GroupSize, int.MaxValue), ("--raters", Raters, 1, int.MaxValue),
                ("--replay", Replay, 0, int.MaxValue),
            ("--evaluation-images", EvaluationImages, 1, int.MaxValue), ("--steps", Steps, 2, int.MaxValue));
    }
}
