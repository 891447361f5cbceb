namespace Labeler.Shared.Jobs;

/// <summary>What a graphics card was doing when it was looked at; null where it does not say.</summary>
/// <param name="Index">From 0, as the driver counts.</param>
/// <param name="Utilization">Share of the last moments in which it computed, 0 to 1.</param>
/// <param name="MemoryUsed">Bytes.</param>
/// <param name="MemoryTotal">Bytes.</param>
public sealed record CardReading(int Index, double? Utilization, long? MemoryUsed, long? MemoryTotal);
