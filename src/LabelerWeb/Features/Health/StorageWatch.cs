using Labeler.Web.Hosting;

namespace Labeler.Web.Features.Health;

/// <summary>Tries now and then that the data folder can be written, so that nobody who asks for the health makes it write.</summary>
public sealed class StorageWatch(DataFolder data, TimeProvider time, ILogger<StorageWatch> log) : RepeatedService(Interval, time, log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private volatile bool _canWrite = true;

    public bool CanWrite => _canWrite;

    public void Look()
    {
        try
        {
            data.Probe();
            _canWrite = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What it means is said by the health, and by whatever else wants to write.
            _canWrite = false;
        }
    }

    protected override string Failure => "Whether the data folder can be written could not be found out";

    protected override Task Look(CancellationToken stopping)
    {
        Look();
        return Task.CompletedTask;
    }
}
