using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// The thread on which a worker talks with the database. It keeps the priority with which the process began, while the thread
/// that computes lowers its own: at that one's priority a transaction would hold SQLite's only write lock for as long as
/// others use the processors, and every vote would wait for it.
/// </summary>
public sealed partial class DatabaseThread : IDisposable
{
    private readonly BlockingCollection<Action> questions = [];
    private readonly Thread thread;

    /// <summary>Make it before <see cref="StepBack"/> is called: a thread begins with the priority of the one that makes it.</summary>
    public DatabaseThread()
    {
        thread = new Thread(Answer) { IsBackground = true, Name = "database" };
        thread.Start();
    }

    /// <summary>Lowers the priority of the calling thread, and so of all that it starts from now on.</summary>
    /// <param name="niceness">Added to its nice value, 0 to 19.</param>
    public static void StepBack(int niceness)
    {
        // On Linux, process 0 means the calling thread.
        const int ofOneThread = 0;
        var now = GetPriority(ofOneThread, 0);
        if (SetPriority(ofOneThread, 0, Math.Min(now + niceness, 19)) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Does it there, and returns when it is done.</summary>
    public T Do<T>(Func<Task<T>> question)
    {
        var answer = new TaskCompletionSource<T>();
        questions.Add(() =>
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

    /// <summary>Does it there, and returns when it is done.</summary>
    public void Do(Func<Task> question) => Do(async () =>
    {
        await question();
        return true;
    });

    public void Dispose()
    {
        questions.CompleteAdding();
        thread.Join();
        questions.Dispose();
    }

    private void Answer()
    {
        foreach (var question in questions.GetConsumingEnumerable())
        {
            question();
        }
    }

    [LibraryImport("libc", EntryPoint = "getpriority", SetLastError = true)]
    private static partial int GetPriority(int which, uint who);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, uint who, int priority);
}
