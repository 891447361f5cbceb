using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Rewards.Learned;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Experiments.Rlhf;

/// <summary>
/// How reinforcement learning from human feedback in its classic way (Ziegler et al. 2019, Ouyang et al. 2022: votes, reward model, policy
/// gradient with a penalty of the divergence) is set against D3PO, which learns from the votes themselves.
/// </summary>
public sealed record RlhfOptions
{
    /// <summary>Images of one prompt from one starting noise.</summary>
    public const int GroupSize = ReproductionOptions.GroupSize;

    /// <summary>Art that is safe or not.</summary>
    internal static Experiment Safety { get; } = Experiment.Parse("safety");

    /// <summary>Runs of each method.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Times that people vote on new images of each method's own policy; in the first round on the same ones.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Images voted on in a round, whole groups of 7; as many are sampled without votes for each epoch of the policy
    /// gradient.</summary>
    public int Images { get; init; } = 112;

    /// <summary>Epochs of the policy gradient on a round's reward model.</summary>
    public int PolicyEpochs { get; init; } = 2;

    /// <summary>DDPO's divergence from the base model in nats costs so much.</summary>
    public double KlWeight { get; init; } = 0.02;

    /// <summary>Images on which each policy is measured and meets the others', the same noise for all.</summary>
    public int EvaluationImages { get; init; } = 200;

    /// <summary>Annotators who judge every image, and others who judge every duel.</summary>
    public int Raters { get; init; } = 1;

    /// <summary>How they err.</summary>
    public AnnotatorOptions Annotator { get; init; } = new(WrongShare: 0.1);

    /// <summary>DDIM steps.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Guidance scale.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>Settings of D3PO, and the first run's seed; DDPO takes its learning rate, sampling steps, passes and as many images in a
    /// step.</summary>
    public D3poOptions D3po { get; init; } = new();

    /// <summary>Of the reward model; no curve, as it would be of one round alone.</summary>
    public RewardModelOptions Reward { get; init; } = new() { Curve = false };

    /// <summary>What is trained.</summary>
    public TrainedPart Trained { get; init; } = new TrainedPart.WholeUNet();

    /// <summary>Groups of a round.</summary>
    internal int Groups => Images / GroupSize;

    /// <summary>The same sampling and measuring as the safety experiment's.</summary>
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
        Reward.Validate();
        Bounds.Check(
            ("--seeds", Seeds, 1, int.MaxValue), ("--epochs", Rounds, 1, int.MaxValue), ("--images", Images, 2 * GroupSize, int.MaxValue),
            ("--policy-epochs", PolicyEpochs, 1, int.MaxValue), ("--evaluation-images", EvaluationImages, 1, int.MaxValue),
            ("--raters", Raters, 1, AnnotatorOptions.MostOfCrew), ("--steps", Steps, 2, 1000));
    }
}
