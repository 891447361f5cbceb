namespace Labeler.Shared.Projects;

/// <summary>Batches, steps and rates as an algorithm's authors had them. They wait for large GPUs, so a project has its own where nobody
/// asks for these.</summary>
public static class PublishedSettings
{
    /// <summary>Which algorithms have such settings, and where they were published.</summary>
    public static string? Source(string algorithm) => algorithm switch
    {
        "d3po" => "arXiv 2311.13231, sections 5.1 and 5.2, and the authors' program: pairs one after the other, 20 steps, 7 images of a "
            + "noise, 1,000 an epoch",
        "ddpo" => "arXiv 2305.13301, appendix D: 50 steps, 256 images an epoch in 4 updates of 64; learning rate 1e-5 for the whole U-Net, "
            + "3e-4 for an adapter as in the authors' program",
        _ => null,
    };

    /// <summary>A project's settings with the published ones of its algorithm in their place. What is no matter of the paper stays: model,
    /// size, what is trained, seeds.</summary>
    /// <exception cref="LabelerException">None are kept for this algorithm.</exception>
    public static ProjectSettings Of(ProjectSettings settings) => settings.Algorithm switch
    {
        "d3po" => settings with
        {
            GroupSize = 7,
            ImagesPerEpoch = 1000,
            Sampling = settings.Sampling with { Steps = 20, GuidanceScale = 5, Eta = 1 },
            Training = Common(settings.Training) with
            {
                LearningRate = 3e-5,
                Beta = 0.1,
                Clamp = 0.1,
                OneSidedClamp = false,
                Loop = UpdateMode.Official,
                KlWeight = 0,
                BaseKlWeight = 0,
                HoldColor = 0,
                ColorBlind = false,
                Replay = 0,
                Redraw = false,
                HoldAlike = false,
                AcrossGroups = false,
            },
        },
        "ddpo" => settings with
        {
            ImagesPerEpoch = 256,
            Sampling = settings.Sampling with { Steps = 50, GuidanceScale = 5, Eta = 1 },
            Training = Common(settings.Training) with
            {
                BaseKlWeight = 0,
                LearningRate = settings.Training.Adapter == AdapterKind.Full ? 1e-5 : 3e-4,
                Estimator = RewardEstimator.ImportanceSampling,
                Baseline = RewardBaseline.Prompt,
                RatioClip = 1e-4,
                ImagesPerStep = 64,
            },
        },
        _ => throw new LabelerException("The settings of D3PO and DDPO are kept as published, no others: choose one of these first."),
    };

    private static TrainingOptions Common(TrainingOptions training) => training with
    {
        LearningRateDecay = 0,
        WarmUpSteps = 0,
        WeightDecay = 1e-4,
        MaxGradientNorm = 1,
        Rank = 4,
        AllLayers = false,
        TextEncoders = false,
        Passes = 1,
        StepFraction = 1,
        FirstStep = 0,
        LastStep = null,
    };
}
