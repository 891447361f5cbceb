namespace Labeler.Web.Features.Trainer;

/// <summary>What pages know of the workers of this application.</summary>
public sealed class TrainerWatch
{
    private volatile TrainerState _state = new(TrainerHealth.Starting, null);
    public TrainerState State => _state;

    internal void Enter(TrainerHealth health, string? message = null) => _state = new(health, message);
}
