namespace Labeler.Shared.Webhooks;

/// <summary>What other programs can be told of. The numbers are stored.</summary>
public enum EventKind
{
    /// <summary>Somebody tries an address out; every webhook gets it.</summary>
    Test = 0,

    /// <summary>All pictures of an epoch are there.</summary>
    EpochSampled = 1,

    /// <summary>An epoch has enough to train on, by its project's own rule.</summary>
    EpochReady = 2,
    EpochTrained = 3,

    /// <summary>Sampling or training ended with an error.</summary>
    EpochFailed = 4,
    EpochRolledBack = 5,

    /// <summary>A project's own rule went back to the model before instead of training on.</summary>
    GateRefused = 6,

    /// <summary>Somebody's right answers to known items fell below what their project wants.</summary>
    GoldBelow = 7,

    /// <summary>A file that somebody asked for can be downloaded.</summary>
    ExportDone = 8,
}

public static class EventKinds
{
    /// <summary>Those that a webhook can choose; a new kind needs a name and a sentence here, and a verb that tells of it.</summary>
    public static IReadOnlyList<(EventKind Kind, string Name, string Means)> All { get; } =
    [
        (EventKind.EpochSampled, "epoch.sampled", "all pictures of an epoch are there"),
        (EventKind.EpochReady, "epoch.ready", "an epoch has enough votes to train on"),
        (EventKind.EpochTrained, "epoch.trained", "an epoch was trained and has a checkpoint"),
        (EventKind.EpochFailed, "epoch.failed", "sampling or training failed"),
        (EventKind.EpochRolledBack, "epoch.rolled_back", "a project went back to an earlier model"),
        (EventKind.GateRefused, "gate.refused", "a project's own rule found its model worse and went back"),
        (EventKind.GoldBelow, "gold.below", "somebody's right answers to known items fell below the project's mark"),
        (EventKind.ExportDone, "export.done", "a file that was asked for can be downloaded"),
    ];

    /// <summary>As it is sent.</summary>
    public static string Name(this EventKind kind) => kind == EventKind.Test ? "test" : All.First(one => one.Kind == kind).Name;

    /// <summary>Null for a name that no event has.</summary>
    public static EventKind? Named(string? name) =>
        All.Where(one => one.Name == name).Select(one => (EventKind?)one.Kind).FirstOrDefault();
}
