using System.CommandLine;
using Labeler.TrainingEngine.Compute.Ranks;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The options that say where a training run writes and how it uses the machine.</summary>
public sealed class PlaceOptions
{
    private readonly Option<string> _output =
        new("--out") { Description = "folder for the adapter, metrics and checkpoints; called again, it goes on", Required = true };
    private readonly Option<int> _microBatch = new("--micro-batch") { Description = "images in one forward; 0 decides by the free memory" };
    private readonly Option<bool> _recompute = new("--recompute") { Description = "compute activations again instead of keeping them" };
    private readonly Option<int> _workers =
        new("--workers") { Description = "micro-batches computed at once; 0 decides by the model's size" };
    private readonly Option<int> _threads = new("--threads") { Description = "libtorch's threads in each; 0 decides by the model's size" };
    private readonly Option<double> _every =
        new("--checkpoint-every") { Description = "seconds between checkpoints; 0 after every step", DefaultValueFactory = _ => 60 };
    private readonly RankOptions _ranks = new();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [_output, _microBatch, _recompute, _workers, _threads, _every];
        Array.ForEach(all, command.Add);
        _ranks.AddTo(command);
    }

    /// <inheritdoc cref="RankOptions.Launch"/>
    public int? Launch(ParseResult parsed, CancellationToken stop) => _ranks.Launch(parsed, stop);

    /// <summary>What was asked for.</summary>
    /// <exception cref="EngineException">Another number of ranks was started than is asked for.</exception>
    public RunOptions Read(ParseResult parsed) => Read(parsed, _ranks.Join(parsed));

    private RunOptions Read(ParseResult parsed, IRanks ranks) => new()
    {
        Ranks = ranks,
        Output = parsed.GetRequiredValue(_output),
        MicroBatch = parsed.GetValue(_microBatch),
        Recompute = parsed.GetValue(_recompute),
        Workers = parsed.GetValue(_workers),
        Threads = parsed.GetValue(_threads),
        CheckpointEvery = TimeSpan.FromSeconds(parsed.GetValue(_every)),
        Report = ranks.IsFirst ? Console.WriteLine : null,
    };
}
