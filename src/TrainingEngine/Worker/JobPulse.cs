using Labeler.Shared.Jobs;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// A running job's signs of life, from a thread of its own: progress, figures and log lines go to the database every few
/// seconds, and what comes back (a wish to cancel, a lost lease) stops the work.
/// </summary>
internal sealed class JobPulse : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);
    private readonly JobQueue queue;
    private readonly DatabaseThread database;
    private readonly Job job;
    private readonly TextWriter output;
    private readonly CancellationTokenSource stop;
    private readonly CancellationTokenSource ended = new();
    private readonly Lock gate = new();
    private readonly Task beating;
    private readonly List<JobMetric> metrics = [];
    private readonly List<string> lines = [];
    private (double Done, string Message, double? SecondsLeft) state = (0, "starting", null);

    public JobPulse(JobQueue queue, DatabaseThread database, Job job, TextWriter output, CancellationToken stop)
    {
        (this.queue, this.database, this.job, this.output) = (queue, database, job, output);
        this.stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        beating = Task.Run(KeepBeating, CancellationToken.None);
    }

    /// <summary>Cancelled when the job is to stop, for whatever cause.</summary>
    public CancellationToken Stop => stop.Token;

    /// <summary>What the last heartbeat was told.</summary>
    public Sign Sign { get; private set; } = Sign.GoOn;

    /// <param name="done">0 to 1.</param>
    public void Report(double done, string message, double? secondsLeft)
    {
        lock (gate)
            state = (done, message, secondsLeft);
    }

    public void Measure(int step, string name, double value)
    {
        if (!double.IsFinite(value))
            return;
        lock (gate)
            metrics.Add(new JobMetric(job.Id, step, name, value));
    }

    /// <summary>Does something with the database, on its thread.</summary>
    public T Ask<T>(Func<Task<T>> question) => database.Do(question);

    /// <inheritdoc cref="Ask{T}"/>
    public void Ask(Func<Task> question) => database.Do(question);

    public void Say(string line)
    {
        output.WriteLine($"job {job.Id}: {line}");
        lock (gate)
            lines.Add(line);
    }

    /// <summary>Writes what is still unwritten and stops beating.</summary>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await beating;
        stop.Dispose();
        ended.Dispose();
    }

    private async Task KeepBeating()
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                Once();
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // A database that is busy or away for a moment must not end hours of work; the lease decides.
                output.WriteLine($"job {job.Id}: no heartbeat ({error.Message})");
            }
            if (Sign != Sign.GoOn && !stop.IsCancellationRequested)
                await stop.CancelAsync();
            await Task.Delay(Beat, ended.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        if (Sign != Sign.Lost)
            Flush();
    }

    private void Once()
    {
        (double Done, string Message, double? SecondsLeft) now;
        lock (gate)
            now = state;
        Sign = database.Do(() => queue.Heartbeat(job, now.Done, now.Message, now.SecondsLeft));
        // An empty line tells whoever watches the process that it lives.
        output.WriteLine();
        if (Sign != Sign.Lost)
            Flush();
    }

    private void Flush()
    {
        JobMetric[] figures;
        string[] said;
        lock (gate)
        {
            (figures, said) = ([.. metrics], [.. lines]);
            metrics.Clear();
            lines.Clear();
        }
        if (figures.Length + said.Length > 0)
            database.Do(() => queue.Report(job, figures, said));
    }
}
