using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Labeler.Shared.Jobs;

/// <summary>
/// The thread on which a worker talks with the database. It keeps the priority with which the process began, while the thread
/// that computes lowers its own: at that one's priority a transaction would hold SQLite's only write lock for as long as
/// others use the processors, and every vote would wait for it.
/// </summary>
public sealed partial class DatabaseThread : IDisposable
{
    private const int Nicest = 19;

    // Linux's SCHED_IDLE.
    private const int ForIdleTimes = 5;
    private readonly BlockingCollection<Action> _questions = [];
    private readonly Thread _thread;

    /// <summary>Make it before <see cref="LowerPriority"/> is called: a thread begins with the priority of the one that makes it.</summary>
    public DatabaseThread()
    {
        _thread = new Thread(Answer) { IsBackground = true, Name = "database" };
        _thread.Start();
    }

    /// <summary>Lowers the priority of the calling thread, and so of all that it starts from now on.</summary>
    /// <param name="niceness">Added to its nice value, 0 to 19. With 19 it computes only while nobody else wants the processor, and leaves
    /// it at once: at other values whoever wakes up waits for the end of its time slice, a few milliseconds at each step of an
    /// answer.</param>
    public static void LowerPriority(int niceness)
    {
        // On Linux, process 0 means the calling thread.
        const int ofOneThread = 0;
        var now = GetPriority(ofOneThread, 0);
        if (SetPriority(ofOneThread, 0, Math.Min(now + niceness, Nicest)) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
        if (now + niceness >= Nicest && OperatingSystem.IsLinux() && SetScheduler(ofOneThread, ForIdleTimes, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Does it there, and returns when it is done.</summary>
    public T Do<T>(Func<Task<T>> question)
    {
        var answer = new TaskCompletionSource<T>();
        _questions.Add(() =>
        {
            try
            {
                answer.SetResult(question().GetAwaiter().GetResult());
            }
            catch (Exception error)
            {
                answer.SetException(error);
            }
        });
        return answer.Task.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Do{T}"/>
    public void Do(Func<Task> question) => Do(async () =>
    {
        await question();
        return true;
    });

    public void Dispose()
    {
        _questions.CompleteAdding();
        _thread.Join();
        _questions.Dispose();
    }

    private void Answer()
    {
        foreach (var question in _questions.GetConsumingEnumerable())
        {
            question();
        }
    }

    [LibraryImport("libc", EntryPoint = "getpriority", SetLastError = true)]
    private static partial int GetPriority(int which, uint who);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, uint who, int priority);

    // Its parameter is a structure of one number.
    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int who, int policy, in int priority);
}
