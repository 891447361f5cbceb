using System.CommandLine;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Experiments.Benchmarks;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>bench</c>: measures, one subcommand per benchmark.</summary>
public static class BenchCommand
{
    /// <summary>The command.</summary>
    public static Command Create() =>
        new("bench", "Measures how fast the engine is on this machine.") { Sampling(), BenchTrainingCommand.Create(),
            BenchDeviceCommand.Create(), BenchRanksCommand.Create() };

    private static Command Sampling()
    {
        var model = new Option<string>("--model") { Description = "a model folder; by default a small model of random weights" };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N; by default cuda where it is there" };
        var precision = new Option<string>("--dtype") { Description = "element type to compute in", DefaultValueFactory = _ => "float32" }
            .AcceptOnlyFromAmong([.. Precisions.Names]);
        var rounds = new Option<int>("--rounds") { Description = "groups to sample; the fastest counts", DefaultValueFactory = _ => 5 };
        var command =
            new Command("sampling",
                "Prints steps per second, the share of each kind of layer, what this machine reaches at most and the cost of a small "
                    + "operator.") { model, device, precision, rounds };
        command.Does((parsed, stop) =>
        {
            var (place, type) = (Devices.Pick(parsed.GetValue(device)), Precisions.Parse(parsed.GetRequiredValue(precision)));
            StableDiffusion loaded = parsed.GetValue(model) is { } folder
                ? StableDiffusion.Load(folder, place, type)
                : BenchmarkModel.Create(place, type);
            new SamplingBenchmark(loaded, parsed.GetValue(rounds)).Run(Console.Out, stop);
        });
        return command;
    }
}
