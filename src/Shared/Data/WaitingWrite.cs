using System.Runtime.ExceptionServices;

namespace Labeler.Shared.Data;

/// <summary>Something to be written that waits for its turn; it runs with what was ambient where it was asked for.</summary>
internal abstract class WaitingWrite(IDbContextFactory<LabelerDb> contexts)
{
    private readonly TaskCompletionSource<bool> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ExecutionContext? _asked = ExecutionContext.Capture();
    private ExceptionDispatchInfo? _error;

    public IDbContextFactory<LabelerDb> Contexts => contexts;

    /// <summary>Ends with true when this one is to lead, with false when another has written it.</summary>
    public Task<bool> Turn => _turn.Task;

    public void LetLead() => _turn.SetResult(true);

    public void Answer() => _turn.SetResult(false);

    /// <summary>What it did is not there.</summary>
    public void Fail(Exception error) => _error ??= ExceptionDispatchInfo.Capture(error);

    /// <summary>Runs it inside of a transaction; false where it failed.</summary>
    public async Task<bool> Try(LabelerDb db)
    {
        try
        {
            var running = Task.CompletedTask;
            if (_asked is null)
            {
                running = Run(db);
            }
            else
            {
                ExecutionContext.Run(_asked, _ => running = Run(db), null);
            }
            await running;
            return true;
        }
        catch (Exception error)
        {
            Fail(error);
            return false;
        }
    }

    protected void ThrowIfFailed() => _error?.Throw();

    protected abstract Task Run(LabelerDb db);
}

/// <inheritdoc/>
internal sealed class WaitingWrite<T>(IDbContextFactory<LabelerDb> contexts, Func<LabelerDb, Task<T>> work) : WaitingWrite(contexts)
{
    private T? _result;

    /// <summary>What it came to; throws what it failed with.</summary>
    public T Result
    {
        get
        {
            ThrowIfFailed();
            return _result!;
        }
    }

    protected override async Task Run(LabelerDb db) => _result = await work(db);
}
