namespace Labeler.Shared.Projects;

/// <summary>
/// Learning from human feedback in its classic way (arXiv 1909.08593, 2203.02155): votes teach a reward model, and a policy gradient
/// follows
/// that with a penalty of the divergence from the base model. The policy gradient is DDPO here; the penalty is that of
/// <c>reproduce rlhf</c>.
/// </summary>
public static class ClassicRlhf
{
    private const string PolicyGradient = "ddpo";
    private const double KlWeight = 0.02;

    /// <summary>A project's settings with this way's algorithm; a penalty that is set already stays, and so does the
    /// learning rate of one that has it already; another gets DDPO's published one.</summary>
    public static ProjectSettings Of(ProjectSettings settings) => settings with
    {
        Algorithm = PolicyGradient,
        Training = settings.Training with
        {
            LearningRate = settings.Algorithm == PolicyGradient ? settings.Training.LearningRate
                : settings.Training.Adapter == AdapterKind.Full ? 1e-5 : 3e-4,
            BaseKlWeight = settings.Training.BaseKlWeight > 0 ? settings.Training.BaseKlWeight : KlWeight,
        },
    };

    /// <summary>Does a project learn like this, once a reward model teaches it?</summary>
    public static bool Is(ProjectSettings settings) => settings.Algorithm switch
    {
        PolicyGradient => settings.Training.BaseKlWeight > 0,
        "dpok" => settings.Training.DpokKlWeight > 0,
        _ => false,
    };
}
