using System;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an optimized assembly with its DebuggableAttribute changed from IgnoreSymbolStoreSequencePoints (2) to Default, the same
/// and DisableOptimizations (0x103): the runtime then compiles its methods so that arguments live until the method returns.
/// </summary>
public sealed class KeepArgumentsAlive : Task
{
    // In the blob heap: the length, the prolog 1, the modes as four bytes, no named arguments.
    private static readonly byte[] Optimized = { 8, 1, 0, 2, 0, 0, 0, 0, 0 };
    private static readonly byte[] Plain = { 8, 1, 0, 3, 1, 0, 0, 0, 0 };

    [Required] public string Source { get; set; }
    [Required] public string Destination { get; set; }

    public override bool Execute()
    {
        var assembly = File.ReadAllBytes(Source);
        var at = Find(assembly, 0);
        if (at < 0 || Find(assembly, at + 1) >= 0)
        {
            Log.LogError("{0} does not hold the one DebuggableAttribute that is expected: look whether this version of TorchSharp still needs build/KeepArgumentsAlive.cs", Source);
            return false;
        }
        Array.Copy(Plain, 0, assembly, at, Plain.Length);
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        File.WriteAllBytes(Destination, assembly);
        return true;
    }

    private static int Find(byte[] assembly, int from)
    {
        for (var at = from; at <= assembly.Length - Optimized.Length; at++)
        {
            var same = 0;
            while (same < Optimized.Length && assembly[at + same] == Optimized[same]) same++;
            if (same == Optimized.Length) return at;
        }
        return -1;
    }
}
