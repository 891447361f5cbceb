using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Labeler.TrainingEngine.Compute.Ranks;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>bench ranks</c>: what it costs to add up the gradients of several ranks once, by the size of what is trained.</summary>
internal static class BenchRanksCommand
{
    // Numbers that are trained: an adapter of rank 4 on SD 1.5's attention, one of rank 64 on all layers, a tenth of SD 1.5's U-Net.
    private static readonly int[] Sizes = [797_184, 12_754_944, 85_952_096];

    public static Command Create()
    {
        var ranks = new RankOptions();
        var rounds = new Option<int>("--rounds") { Description = "sums of each size; the median counts", DefaultValueFactory = _ => 5 };
        var command = new Command(
            "ranks", "Measures what an optimizer step of several ranks costs more: seconds and bytes of one sum of gradients.") { rounds };
        ranks.AddTo(command);
        command.Does((parsed, stop) =>
        {
            if (ranks.Launch(parsed, stop) is { } exitCode)
            {
                return exitCode;
            }
            var joined = ranks.Join(parsed);
            if (joined.Count == 1)
            {
                throw new EngineException("--ranks: give 2 or more; one has nothing to add up");
            }
            if (joined.IsFirst)
            {
                Console.WriteLine($"{joined.Count} ranks, {joined.OnMachine} on this machine");
                Console.WriteLine("       numbers   sent by each, MB   seconds   MB/s");
            }
            foreach (var size in Sizes)
            {
                Measure(joined, size, Math.Max(1, parsed.GetValue(rounds)));
            }
            joined.Leave();
            return 0;
        });
        return command;
    }

    private static void Measure(IRanks ranks, int size, int rounds)
    {
        using var gradients = ones(size);
        var times = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            ranks.Gather(round); // so that all begin together
            var begun = Stopwatch.GetTimestamp();
            ranks.Sum([gradients]);
            times.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
        // The first one pays for connections and memory.
        var median = times.Skip(1).Order().ElementAt(rounds / 2);
        var sent = 2.0 * (ranks.Count - 1) / ranks.Count * size * sizeof(float) / 1e6;
        if (ranks.IsFirst)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{size,14:n0}   {sent,16:0.0}   {median,7:0.000}   {sent / median,4:0}"));
        }
    }
}
