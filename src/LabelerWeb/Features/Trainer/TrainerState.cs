namespace Labeler.Web.Features.Trainer;

public enum TrainerHealth
{
    /// <summary>This application starts no worker; one may run elsewhere.</summary>
    Elsewhere,
    Starting,
    Running,

    /// <summary>The last worker ended or hung; another is started after a wait.</summary>
    Restarting,

    /// <summary>The worker says that it cannot run on this machine, for instance because libtorch is missing.</summary>
    Unable,
    Stopped,
}

/// <param name="Message">One line for people: what is wrong and what to do about it, or null.</param>
public sealed record TrainerState(TrainerHealth Health, string? Message);
