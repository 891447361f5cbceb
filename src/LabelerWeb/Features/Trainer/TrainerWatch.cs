using System.Collections.Concurrent;

namespace Labeler.Web.Features.Trainer;

/// <summary>What is known of the workers of this application, for pages: their state and their last lines.</summary>
public sealed class TrainerWatch(TimeProvider time)
{
    private const int KeptLines = 400;
    private readonly ConcurrentQueue<string> _lines = new();
    private volatile TrainerState _state = new(TrainerHealth.Starting, null, time.GetUtcNow(), 0, null);

    /// <summary>Raised on any thread when the state changes.</summary>
    public event Action? Changed;

    public TrainerState State => _state;

    public IReadOnlyList<string> Lines => [.. _lines];

    internal void Enter(TrainerHealth health, string? message = null, int? processId = null, bool restarted = false)
    {
        _state = new TrainerState(health, message, time.GetUtcNow(), _state.Restarts + (restarted ? 1 : 0), processId);
        Changed?.Invoke();
    }

    internal void Heard(string line)
    {
        _lines.Enqueue(line);
        while (_lines.Count > KeptLines && _lines.TryDequeue(out _))
        {
        }
    }
}
