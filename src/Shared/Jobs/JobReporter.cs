using Microsoft.Extensions.Logging;

namespace Labeler.Shared.Jobs;

/// <summary>
/// A running job's signs of life, from a thread of its own: progress, figures and log lines go to the database every few
/// seconds, and what comes back (a wish to cancel, a lost lease) stops the work.
/// </summary>
public sealed partial class JobReporter : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);
    private readonly JobQueue _queue;
    private readonly DatabaseThread _database;
    private readonly Job _job;
    private readonly ILogger _log;
    private readonly Action _alive;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private readonly Task _beating;
    private readonly UnwrittenReport _unwritten = new();
    private (double Done, string Message, double? SecondsLeft) _state = (0, "starting", null);
    private bool _advanced;
    // Known to the database's thread alone, on which jobs end and hearts beat.
    private bool _over;

    /// <param name="alive">Called after every heartbeat.</param>
    /// <param name="stop">Stops the job when the worker ends.</param>
    public JobReporter(JobQueue queue, DatabaseThread database, Job job, ILogger log, Action alive, CancellationToken stop)
    {
        (_queue, _database, _job, _log, _alive) = (queue, database, job, log, alive);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _beating = Task.Run(KeepBeating, CancellationToken.None);
    }

    /// <summary>Canceled when the job is to stop, for whatever cause.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>What the last heartbeat was told.</summary>
    public HeartbeatResult Heard { get; private set; } = HeartbeatResult.GoOn;

    /// <param name="done">0 to 1.</param>
    public void Report(double done, string message, double? secondsLeft)
    {
        lock (_gate)
        {
            _state = (done, message, secondsLeft);
        }
    }

    public void Measure(int step, string name, double value)
    {
        if (double.IsFinite(value))
        {
            _unwritten.Add([new JobMetric(_job.Id, step, name, value)], []);
        }
    }

    /// <summary>Does something with the database, on its thread.</summary>
    public T Ask<T>(Func<Task<T>> question) => _database.Do(question);

    /// <inheritdoc cref="Ask{T}"/>
    public void Ask(Func<Task> question) => _database.Do(question);

    /// <summary>Ends the job. Whoever finds it ended finds all of its figures too, and no heartbeat after the end takes it for a lost
    /// lease.</summary>
    public T End<T>(Func<Task<T>> ending)
    {
        Try(Flush);
        return _database.Do(async () =>
        {
            var answer = await ending();
            _over = true;
            return answer;
        });
    }

    /// <inheritdoc cref="End{T}"/>
    public void End(Func<Task> ending) => End(async () =>
    {
        await ending();
        return true;
    });

    /// <summary>Brings the figures and lines so far to the database, if it answers; what it does not take waits for the next
    /// beat.</summary>
    public void Write() => Try(Flush);

    /// <summary>Something has been kept that no further attempt does again: ends of workers before it do not count against the
    /// job.</summary>
    public void Advanced()
    {
        if (!_advanced)
        {
            Ask(() => _queue.Advanced(_job));
            _advanced = true;
        }
    }

    /// <summary>Asks at once what the next heartbeat would be told.</summary>
    public HeartbeatResult Listen()
    {
        Try(Beating);
        return Heard;
    }

    /// <summary>Whether the job was ended as failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Says why a job failed.</summary>
    public void SayFailed(string why)
    {
        HasFailed = true;
        Say($"failed: {why}");
    }

    public void Say(string line)
    {
        Log.Line(_log, _job.Id, line);
        _unwritten.Add([], [line]);
    }

    /// <summary>Writes what is still unwritten and stops beating.</summary>
    public void Dispose()
    {
        _ended.Cancel();
        _beating.GetAwaiter().GetResult();
        _stop.Dispose();
        _ended.Dispose();
    }

    private async Task KeepBeating()
    {
        while (!_ended.IsCancellationRequested)
        {
            Try(Beating);
            if (Heard != HeartbeatResult.GoOn && !_stop.IsCancellationRequested)
            {
                await _stop.CancelAsync();
            }
            await Task.Delay(Beat, _ended.Token).ContinueWith(_ => { }, TaskScheduler.Default);
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
            Log.NoAnswer(_log, _job.Id, error.Message);
        }
    }

    private void Beating()
    {
        (double Done, string Message, double? SecondsLeft) now;
        lock (_gate)
        {
            now = _state;
        }
        Heard = _database.Do(() => _over ? Task.FromResult(Heard) : _queue.Heartbeat(_job, now.Done, now.Message, now.SecondsLeft));
        _alive();
        Flush();
    }

    // A worker that has lost its job writes nothing more about it.
    private void Flush()
    {
        if (Heard == HeartbeatResult.Lost)
        {
            return;
        }
        _unwritten.Write((figures, lines) => _database.Do(() => _queue.Report(_job, figures, lines)));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "job {JobId}: {Line}")]
        public static partial void Line(ILogger log, long jobId, string line);

        [LoggerMessage(LogLevel.Warning, "job {JobId}: the database does not answer ({Reason})")]
        public static partial void NoAnswer(ILogger log, long jobId, string reason);
    }
}
