using System.CommandLine;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The options that say where a training run writes and how it uses the machine.</summary>
public sealed class PlaceOptions
{
    private readonly Option<string> output = new("--out") { Description = "folder for the adapter, metrics and checkpoints; called again, it goes on", Required = true };
    private readonly Option<int> microBatch = new("--micro-batch") { Description = "images in one forward; 0 decides by the free memory" };
    private readonly Option<bool> recompute = new("--recompute") { Description = "compute activations again instead of keeping them" };
    private readonly Option<int> workers = new("--workers") { Description = "micro-batches computed at once; 0 measures" };
    private readonly Option<int> threads = new("--threads") { Description = "libtorch's threads in each; 0 measures" };
    private readonly Option<double> every = new("--checkpoint-every") { Description = "seconds between checkpoints; 0 after every step", DefaultValueFactory = _ => 60 };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [output, microBatch, recompute, workers, threads, every];
        Array.ForEach(all, command.Add);
    }

    /// <summary>What was asked for.</summary>
    public RunOptions Read(ParseResult parsed) => new()
    {
        Output = parsed.GetRequiredValue(output),
        MicroBatch = parsed.GetValue(microBatch),
        Recompute = parsed.GetValue(recompute),
        Workers = parsed.GetValue(workers),
        Threads = parsed.GetValue(threads),
        CheckpointEvery = TimeSpan.FromSeconds(parsed.GetValue(every)),
        Report = Console.WriteLine,
    };
}
