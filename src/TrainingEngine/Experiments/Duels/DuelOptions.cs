using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Experiments.Comparison;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Experiments.Duels;

/// <summary>Who meets whom in blind duels, and what they learned before.</summary>
public sealed record DuelOptions
{
    /// <summary>Images of one prompt from one starting noise.</summary>
    public const int GroupSize = ReproductionOptions.GroupSize;

    /// <summary>Algorithms that can learn from votes: nobody votes on the images without noise that ReMax's baseline compares
    /// with.</summary>
    public static IReadOnlyList<string> Possible { get; } = [.. ComparedAlgorithm.Names.Where(name => name != "ddpo-greedy")];

    /// <summary>Mirrors, judged in pairs.</summary>
    internal static Experiment Mirrors { get; } = Experiment.Parse("alignment");

    /// <summary>Names of algorithms; the base model meets them all.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = ["preferred", "reward-weighted", "d3po"];

    /// <summary>Runs of each algorithm; the meetings of all are counted together too.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Times that images are sampled, judged and learned from.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Judged images of an epoch, whole groups of 7; 140 are one group of each mirror prompt.</summary>
    public int Images { get; init; } = 140;

    /// <summary>Images of each checkpoint that meet the others', the same noise for all.</summary>
    public int EvaluationImages { get; init; } = 200;

    /// <summary>Raters of every pair, in training and in duels.</summary>
    public int Raters { get; init; } = 3;

    /// <summary>How they err.</summary>
    public AnnotatorOptions Annotator { get; init; } = new(WrongShare: 0.1, TieShare: 0.1);

    /// <summary>DDIM steps.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Guidance scale.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>Temperature of reward-weighted regression, for rewards of −1 to 1; 1 as in a project's settings.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Settings of D3PO, and the first run's seed; all algorithms take its learning rate, passes and as many images in a
    /// step.</summary>
    public D3poOptions D3po { get; init; } = new();

    /// <summary>What is trained.</summary>
    public TrainedPart Trained { get; init; } = new TrainedPart.WholeUNet();

    /// <summary>Groups of an epoch.</summary>
    internal int Groups => Images / GroupSize;

    /// <summary>The first rater of a seed's training images.</summary>
    internal AnnotatorOptions InTraining(int seed) => Annotator.First(seed, crew: 0);

    /// <summary>The first rater of a seed's duels, who is none of those.</summary>
    internal AnnotatorOptions InDuels(int seed) => Annotator.First(seed, crew: 1);

    /// <exception cref="EngineException">A setting is impossible; the message names it.</exception>
    public void Check()
    {
        Annotator.Check();
        D3po.Validate();
        Bounds.Check(
            ("--seeds", Seeds, 1, int.MaxValue), ("--epochs", Epochs, 1, int.MaxValue), ("--images", Images, GroupSize, int.MaxValue),
            ("--evaluation-images", EvaluationImages, 1, int.MaxValue), ("--raters", Raters, 1, AnnotatorOptions.MostOfCrew),
                ("--steps", Steps, 2, 1000));
        foreach (string name in Algorithms)
        {
            if (!Possible.Contains(ComparedAlgorithm.Parse(name).Name))
            {
                throw new EngineException(
                    $"{name} needs a reward, and in duels there are votes alone; there are {string.Join(", ", Possible)}");
            }
        }

        if (Algorithms.Count == 0 || Algorithms.Distinct().Count() < Algorithms.Count)
        {
            throw new EngineException("--algorithms names none, or one twice; name each once, with commas");
        }
    }
}
