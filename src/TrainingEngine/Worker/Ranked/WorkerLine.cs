using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Worker.Ranked;

/// <summary>The first rank's line to its worker: messages on standard output, answers on standard input, whose end ends the
/// training.</summary>
internal sealed class WorkerLine : IDisposable
{
    private readonly SemaphoreSlim _answers = new(0);
    private readonly CancellationTokenSource _stop;

    public WorkerLine(CancellationToken stop)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        new Thread(Listen) { IsBackground = true, Name = "worker's line" }.Start();
    }

    /// <summary>Canceled when the worker wants no more, or is gone.</summary>
    public CancellationToken Stop => _stop.Token;

    public static void Tell(RankMessage message) => Console.WriteLine(message);

    /// <summary>A run that tells its worker what it does.</summary>
    public RunOptions Told(RunOptions place) => place with
    {
        Report = line => Tell(new() { Said = line }),
        Progress = progress => Tell(new() { Step = RankMessage.StepDone.Of(progress.Metrics) }),
        Saving = () =>
        {
            Tell(new() { Saving = true });
            // What the worker could not write waits at the worker.
            _answers.Wait();
        },
        Saved = () => Tell(new() { Saved = true }),
    };

    public void Dispose() => _stop.Dispose();

    private void Listen()
    {
        while (Console.In.ReadLine() is not null)
        {
            _answers.Release();
        }
        // A worker that is gone answers nothing more.
        _answers.Release(int.MaxValue / 2);
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // All was done by then.
        }
    }
}
