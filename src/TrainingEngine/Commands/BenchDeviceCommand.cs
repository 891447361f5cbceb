using System.CommandLine;
using System.Globalization;
using Labeler.TrainingEngine.Experiments.Benchmarks;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>bench device</c>: what a device takes for a group, to be held against another program that does the same.</summary>
internal static class BenchDeviceCommand
{
    public static Command Create()
    {
        var model = new ModelOptions();
        var images = Counted("--images", "images of a group", 7);
        var steps = Counted("--steps", "DDIM steps", 20);
        var timesteps = Counted("--timesteps", "sampling steps that are trained on", 2);
        var atOnce = Counted("--images-at-once", "most images in one forward with gradients", 7);
        var rounds = Counted("--rounds", "measurements behind the first; the fastest counts", 1);
        var command =
            new Command("device",
                "Measures seconds of sampling a group, and of D3PO training per group and timestep, on one device.") { images, steps,
                    timesteps, atOnce, rounds };
        model.AddTo(command);
        command.Does((parsed, stop) =>
        {
            var options = new DeviceBenchmarkOptions(
                parsed.GetValue(images), parsed.GetValue(steps), parsed.GetValue(timesteps), parsed.GetValue(atOnce),
                    parsed.GetValue(rounds));
            if (options.Timesteps >= options.Steps)
            {
                throw new EngineException(
                    $"--timesteps is {options.Timesteps}; of {options.Steps} steps all but the first can be measured");
            }
            var (sampling, training) = new DeviceBenchmark(model.Load(parsed), options).Run(stop);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sampling {sampling:0.0000} s a group"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"training {training:0.0000} s a group and timestep"));
        });
        return command;
    }

    private static Option<int> Counted(string name, string description, int usual)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} is {result.GetValueOrDefault<int>()}; at least 1 is needed");
            }
        });
        return option;
    }
}
