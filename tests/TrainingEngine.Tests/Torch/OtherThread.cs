namespace Labeler.TrainingEngine.Tests.Torch;

internal static class OtherThread
{
    /// <summary>Computes something on a thread of its own, and waits for it.</summary>
    public static T Run<T>(Func<T> compute)
    {
        var result = default(T);
        var thread = new Thread(() => result = compute());
        thread.Start();
        thread.Join();
        return result!;
    }
}
