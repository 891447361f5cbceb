using System.Text.Json.Serialization;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Training;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Experiments.Comparison;

/// <summary>What is compared, and how.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Images of one prompt from one starting noise.</summary>
    public const int GroupSize = ReproductionOptions.GroupSize;

    /// <summary>The reward and the prompts.</summary>
    public required ComparisonTask Task { get; init; }

    /// <summary>Names of algorithms.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = ComparedAlgorithm.Default;

    /// <summary>Runs of each algorithm.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Times that images are sampled, rewarded and learned from.</summary>
    public int Epochs { get; init; } = 6;

    /// <summary>Images of an epoch, whole groups of 7.</summary>
    public int Images { get; init; } = 112;

    /// <summary>Images on which each model is measured, the same noise for all.</summary>
    public int EvaluationImages { get; init; } = 56;

    /// <summary>DDIM steps.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>Guidance scale.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>Element type that the model computes in; null for float32.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Precision { get; init; }

    /// <summary>The same, as a type.</summary>
    [JsonIgnore]
    public ScalarType Type => Precision is null ? ScalarType.Float32 : Precisions.Parse(Precision);

    /// <summary>Settings of D3PO; all algorithms take its learning rate and as many images in a step, and the policy gradients its sampling
    /// steps.</summary>
    public D3poOptions D3po { get; init; } = new();

    /// <summary>What is trained.</summary>
    public TrainedPart Trained { get; init; } = new TrainedPart.WholeUNet();

    /// <summary>Groups of an epoch.</summary>
    public int Groups => Images / GroupSize;

    /// <exception cref="EngineException">A setting is impossible; the message names it.</exception>
    public void Check()
    {
        D3po.Validate();
        Bounds.Check(
            ("--seeds", Seeds, 1, int.MaxValue), ("--epochs", Epochs, 1, int.MaxValue), ("--images", Images, GroupSize, int.MaxValue),
                ("--evaluation-images", EvaluationImages, 1, int.MaxValue));
        foreach (var name in Algorithms)
        {
            ComparedAlgorithm.Parse(name);
        }
    }
}
