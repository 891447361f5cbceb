using System.Diagnostics;

namespace Labeler.TrainingEngine.Models.Layers;

/// <summary>Kinds of layers that a model's time is told apart by.</summary>
public enum LayerKind
{
    Convolution,
    Attention,
    Linear,
    Normalization,
}

/// <summary>Adds up the time that the calling thread spends in each kind of layer, on the CPU, where a layer has been computed when it
/// returns.</summary>
public static class LayerClock
{
    [ThreadStatic]
    private static long[]? Ticks;

    /// <summary>Seconds in each kind of layer while <paramref name="work"/> runs on this thread.</summary>
    public static IReadOnlyDictionary<LayerKind, double> Around(Action work)
    {
        var ticks = Ticks = new long[Enum.GetValues<LayerKind>().Length];
        try
        {
            work();
        }
        finally
        {
            Ticks = null;
        }
        return Enum.GetValues<LayerKind>().ToDictionary(kind => kind, kind => (double)ticks[(int)kind] / Stopwatch.Frequency);
    }

    /// <summary>Counts until it is disposed of; nothing where nobody asked.</summary>
    internal static Span Time(LayerKind kind) => new(Ticks, kind);

    internal readonly ref struct Span(long[]? ticks, LayerKind kind)
    {
        private readonly long _started = ticks is null ? 0 : Stopwatch.GetTimestamp();

        public void Dispose()
        {
            if (ticks is not null)
            {
                ticks[(int)kind] += Stopwatch.GetTimestamp() - _started;
            }
        }
    }
}
