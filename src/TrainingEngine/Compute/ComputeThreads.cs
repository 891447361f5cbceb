using System.Runtime.ExceptionServices;

namespace Labeler.TrainingEngine.Compute;

/// <summary>
/// Threads that compute micro-batches side by side. Results are taken in the order of the jobs, whatever the timing, so
/// that sums of floating-point numbers come out bit-equal in every run and with any number of workers.
/// </summary>
public sealed class ComputeThreads : IDisposable
{
    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private readonly Lock _running = new();
    private Action? _work;
    private int _generation;
    private int _busy;
    private bool _ended;

    /// <param name="count">Workers; the calling thread is the first.</param>
    /// <param name="threadsEach">libtorch's own threads inside each.</param>
    public ComputeThreads(int count, int threadsEach)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threadsEach, 1);
        (Count, ThreadsEach) = (count, threadsEach);
        TorchExtensions.SetThreads(threadsEach);
        _threads =
            [.. Enumerable.Range(1, count - 1).Select(index => new Thread(Serve) { IsBackground = true, Name = $"torch worker {index}" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Micro-batches computed at once.</summary>
    public int Count { get; }

    /// <summary>libtorch's threads inside each worker.</summary>
    public int ThreadsEach { get; }

    /// <summary>Makes what will compute on these threads; where it cannot be made, they end.</summary>
    public T Make<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Computes jobs 0 … <paramref name="jobs"/> − 1 and hands each result to <paramref name="take"/>, one at a time and
    /// in order. A worker holds one untaken result at most. The first job's error, in order, is thrown once all have stopped.
    /// </summary>
    public void Run<T>(int jobs, Func<int, T> compute, Action<int, T> take, CancellationToken cancellation = default)
    {
        lock (_running)
        {
            var (next, turn) = (-1, 0);
            ExceptionDispatchInfo? error = null;
            Together(() =>
            {
                int job;
                while ((job = Interlocked.Increment(ref next)) < jobs)
                {
                    T? result = default;
                    ExceptionDispatchInfo? failure = null;
                    try
                    {
                        cancellation.ThrowIfCancellationRequested();
                        result = compute(job);
                    }
                    catch (Exception thrown)
                    {
                        failure = ExceptionDispatchInfo.Capture(thrown);
                    }
                    lock (_gate)
                    {
                        while (turn != job && error is null)
                        {
                            Monitor.Wait(_gate);
                        }
                        if (error is not null)
                        {
                            return;
                        }
                        try
                        {
                            failure?.Throw();
                            take(job, result!);
                        }
                        catch (Exception thrown)
                        {
                            error = ExceptionDispatchInfo.Capture(thrown);
                        }
                        turn++;
                        Monitor.PulseAll(_gate);
                        if (error is not null)
                        {
                            return;
                        }
                    }
                }
            });
            error?.Throw();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Together(Action work)
    {
        lock (_gate)
        {
            (_work, _busy) = (work, _threads.Length);
            _generation++;
            Monitor.PulseAll(_gate);
        }
        work();
        lock (_gate)
        {
            while (_busy > 0)
            {
                Monitor.Wait(_gate);
            }
            _work = null;
        }
    }

    private void Serve()
    {
        TorchExtensions.SetThreads(ThreadsEach);
        var served = 0;
        while (true)
        {
            Action work;
            lock (_gate)
            {
                while (!_ended && _generation == served)
                {
                    Monitor.Wait(_gate);
                }
                if (_ended)
                {
                    return;
                }
                (work, served) = (_work!, _generation);
            }
            work();
            lock (_gate)
            {
                _busy--;
                Monitor.PulseAll(_gate);
            }
        }
    }
}
