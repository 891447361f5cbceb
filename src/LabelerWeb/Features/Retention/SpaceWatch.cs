using Labeler.Shared.Retention;

namespace Labeler.Web.Features.Retention;

/// <summary>What takes the space, measured beside the requests that ask: where there are many files it takes a while.</summary>
public sealed class SpaceWatch(IDbContextFactory<LabelerDb> contexts, FileStore files, DataFolder folder, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Task<SpaceReport>? _measuring;
    private SpaceReport? _last;

    /// <summary>What was measured a few minutes ago or is measured now; null, or an older one, where that takes longer than somebody
    /// waits.</summary>
    public async Task<SpaceReport?> Read()
    {
        if (Begin() is not { } measuring)
        {
            return _last;
        }
        return await Task.WhenAny(measuring, Task.Delay(Patience)) == measuring ? await measuring : _last;
    }

    // Null where the last one is fresh.
    private Task<SpaceReport>? Begin()
    {
        lock (_lock)
        {
            if (_last is { } last && time.GetUtcNow() - last.At < Fresh)
            {
                return null;
            }
            return _measuring = _measuring is null or { IsCompleted: true } ? Task.Run(Measure) : _measuring;
        }
    }

    /// <summary>What was measured no longer holds.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            (_last, _measuring) = (null, null);
        }
    }

    private async Task<SpaceReport> Measure()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return _last = await SpaceReport.Measure(db, files, folder, time.GetUtcNow());
    }
}
