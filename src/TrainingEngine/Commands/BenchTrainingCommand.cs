using System.CommandLine;
using System.Globalization;
using Labeler.TrainingEngine.Experiments.Benchmarks;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>bench training</c>: what sharing one pass between all pairs of a group saves.</summary>
internal static class BenchTrainingCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "model folder, such as the golden tiny-sd15", Required = true };
        var timesteps =
            new Option<int>("--timesteps")
            {
                Description = "timesteps measured of 20; the figures are for all",
                DefaultValueFactory = _ => 5
            };
        var workers =
            new Option<int>("--workers")
            {
                Description = "workers of the shared pass on all cores",
                DefaultValueFactory = _ => Environment.ProcessorCount
            };
        var rounds =
            new Option<int>("--rounds") { Description = "measurements of each timestep; the fastest counts", DefaultValueFactory = _ => 2 };
        var command =
            new Command("training",
                "Measures seconds of D3PO training per group of 7 images: pair by pair, and shared by all pairs.") { model, timesteps,
                    workers, rounds };
        command.Does((parsed, stop) =>
        {
            var cores = Math.Max(1, parsed.GetValue(workers));
            using var benchmark = new TrainingBenchmark(StableDiffusion.Load(parsed.GetRequiredValue(model)), cores);
            var measured = Math.Clamp(parsed.GetValue(timesteps), 1, benchmark.TimestepsPerGroup - 1);
            // Pays for compilation and first allocations.
            benchmark.Measure(1, 1, cores, 1);
            Console.WriteLine("flagged  mode                    s/group   faster  core s/group    less  core s/pair and timestep");
            foreach (var flagged in new[] { 1, 2, 3 })
            {
                stop.ThrowIfCancellationRequested();
                var pairs = TrainingBenchmark.Pairs(flagged);
                var times = benchmark.Measure(flagged, measured, cores, Math.Max(1, parsed.GetValue(rounds)));
                foreach (var time in times)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{flagged,7}  {time.Mode,-22}  {time.Spent.Seconds,7:0.00}  {times[0].Spent.Seconds / time.Spent.Seconds,5:0.00} "
                            + $"×  {time.Spent.ProcessorSeconds,12:0.00}  "
                            + $"{times[0].Spent.ProcessorSeconds / time.Spent.ProcessorSeconds,4:0.00} ×  "
                            + $"{time.Spent.ProcessorSeconds / (pairs * benchmark.TimestepsPerGroup),8:0.0000}"));
                }
            }
        });
        return command;
    }
}
