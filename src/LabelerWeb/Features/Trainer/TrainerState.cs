namespace Labeler.Web.Features.Trainer;

/// <summary>Whether a worker is able to do jobs.</summary>
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

/// <summary>What pages show of the worker that this application watches.</summary>
/// <param name="Health">Whether it is able to do jobs.</param>
/// <param name="Message">One line for people: what is wrong and what to do about it, or null.</param>
/// <param name="Since">When it came into this state.</param>
/// <param name="Restarts">How often a worker was started again since the application started.</param>
/// <param name="ProcessId">The running worker's process id.</param>
public sealed record TrainerState(TrainerHealth Health, string? Message, DateTimeOffset Since, int Restarts, int? ProcessId);
