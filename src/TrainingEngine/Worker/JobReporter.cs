using Labeler.Shared.Jobs;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// A running job's signs of life, from a thread of its own: progress, figures and log lines go to the database every few
/// seconds, and what comes back (a wish to cancel, a lost lease) stops the work.
/// </summary>
internal sealed class JobReporter : IAsyncDisposable
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
    // Known to the database's thread alone, on which jobs end and hearts beat.
    private bool over;

    public JobReporter(JobQueue queue, DatabaseThread database, Job job, TextWriter output, CancellationToken stop)
    {
        (this.queue, this.database, this.job, this.output) = (queue, database, job, output);
        this.stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        beating = Task.Run(KeepBeating, CancellationToken.None);
    }

    /// <summary>Cancelled when the job is to stop, for whatever cause.</summary>
    public CancellationToken Stop => stop.Token;

    /// <summary>What the last heartbeat was told.</summary>
    public HeartbeatResult HeartbeatResult { get; private set; } = HeartbeatResult.GoOn;

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

    /// <summary>Ends the job. Whoever finds it ended finds all of its figures too, and no heartbeat after the end takes it for a lost lease.</summary>
    public T End<T>(Func<Task<T>> ending)
    {
        Try(Flush);
        return database.Do(async () =>
        {
            var answer = await ending();
            over = true;
            return answer;
        });
    }

    /// <inheritdoc cref="End{T}"/>
    public void End(Func<Task> ending) => End(async () =>
    {
        await ending();
        return true;
    });

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
            Try(Beating);
            if (HeartbeatResult != HeartbeatResult.GoOn && !stop.IsCancellationRequested)
                await stop.CancelAsync();
            await Task.Delay(Beat, ended.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        Try(Flush);
    }

    private void Try(Action attempt)
    {
        try
        {
            attempt();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A database that is busy or away for a moment must not end hours of work; the lease decides.
            output.WriteLine($"job {job.Id}: the database does not answer ({error.Message})");
        }
    }

    private void Beating()
    {
        (double Done, string Message, double? SecondsLeft) now;
        lock (gate)
            now = state;
        HeartbeatResult = database.Do(() => over ? Task.FromResult(HeartbeatResult) : queue.Heartbeat(job, now.Done, now.Message, now.SecondsLeft));
        // An empty line tells whoever watches the process that it lives.
        output.WriteLine();
        Flush();
    }

    // A worker that has lost its job writes nothing more about it.
    private void Flush()
    {
        if (HeartbeatResult == HeartbeatResult.Lost)
            return;
        JobMetric[] figures;
        string[] said;
        lock (gate)
        {
            (figures, said) = ([.. metrics], [.. lines]);
            metrics.Clear();
            lines.Clear();
        }
        if (figures.Length + said.Length == 0)
            return;
        try
        {
            database.Do(() => queue.Report(job, figures, said));
        }
        catch
        {
            // They wait for the next beat.
            lock (gate)
            {
                metrics.InsertRange(0, figures);
                lines.InsertRange(0, said);
            }
            throw;
        }
    }
}
