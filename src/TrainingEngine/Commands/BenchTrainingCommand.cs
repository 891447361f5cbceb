using System.CommandLine;
using System.Globalization;
using Labeler.TrainingEngine.Benchmarks;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>bench training</c>: what sharing one pass between all pairs of a group saves.</summary>
internal static class BenchTrainingCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "model folder, such as the golden tiny-sd15", Required = true };
        var timesteps = new Option<int>("--timesteps") { Description = "timesteps measured of 20; the figures are for all", DefaultValueFactory = _ => 5 };
        var workers = new Option<int>("--workers") { Description = "workers of the shared pass on all cores", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("training", "Measures seconds of D3PO training per group of 7 images: pair by pair, and shared by all pairs.") { model, timesteps, workers };
        command.Does((parsed, stop) =>
        {
            using var benchmark = new TrainingBenchmark(StableDiffusion.Load(parsed.GetRequiredValue(model)));
            var measured = Math.Clamp(parsed.GetValue(timesteps), 1, benchmark.TimestepsPerGroup - 1);
            benchmark.Measure(1, 1, parsed.GetValue(workers));
            Console.WriteLine("flagged  mode                    s/group  CPU s/group  of official  CPU s/pair and timestep");
            foreach (var flagged in new[] { 1, 2, 3 })
            {
                stop.ThrowIfCancellationRequested();
                var times = benchmark.Measure(flagged, measured, parsed.GetValue(workers));
                foreach (var time in times)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{flagged,7}  {time.Mode,-22}  {time.Seconds,7:0.00}  {time.ProcessorSeconds,11:0.00}  {times[0].Seconds / time.Seconds,8:0.00} ×  {time.ProcessorSeconds / (TrainingBenchmark.Pairs(flagged) * benchmark.TimestepsPerGroup),10:0.0000}"));
                }
            }
        });
        return command;
    }
}
