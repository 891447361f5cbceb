using System.CommandLine;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The options that say what is trained, and from where.</summary>
/// <param name="rank">Inner width of a new adapter where nothing is said.</param>
public sealed class TrainedPartOptions(int rank = 4)
{
    private static readonly Dictionary<string, LoraTargets> Targets = new()
    {
        ["attention"] = LoraTargets.Attention,
        ["feed-forward"] = LoraTargets.FeedForward,
        ["convolutions"] = LoraTargets.Convolutions,
        ["linear"] = LoraTargets.AllLinear,
    };

    private readonly Option<string?> _from =
        new("--adapter") { Description = "adapter (or whole U-Net's weights) of the policy that sampled; it is trained on" };
    private readonly Option<bool> _whole = new("--full") { Description = "train all weights of the U-Net instead of an adapter" };
    private readonly Option<int> _rank =
        new("--lora-rank") { Description = "inner width of a new adapter", DefaultValueFactory = _ => rank };
    private readonly Option<double?> _alpha =
        new("--lora-alpha") { Description = "scale times rank of a new adapter; the rank by default" };
    private readonly Option<bool> _texts = new("--text-encoders")
    {
        Description = "train an adapter of the CLIP text encoders too; T5 stays as it is",
    };
    private readonly Option<string> _targets = new("--lora-targets")
    {
        Description = $"layers of a new adapter, with commas: {string.Join(", ", Targets.Keys)}",
        DefaultValueFactory = _ => "attention",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [_from, _whole, _rank, _alpha, _targets, _texts];
        Array.ForEach(all, command.Add);
    }

    /// <summary>Whether an adapter or the whole U-Net is to be trained.</summary>
    public static AdapterKind KindOf(ParseResult parsed) => parsed.GetValue<bool>("--full") ? AdapterKind.Full : AdapterKind.Lora;

    /// <summary>What is to be trained.</summary>
    /// <exception cref="EngineException">A target is unknown, or there is no such adapter.</exception>
    public TrainedPart Read(ParseResult parsed)
    {
        if (parsed.GetValue(_whole) && parsed.GetValue(_texts))
        {
            throw new EngineException("--full trains the U-Net's own weights and no adapter, which text encoders need; leave "
                + "--full or --text-encoders out");
        }
        var file = parsed.GetValue(_from) is { } path ? LoraFile.Locate(path) : null;
        return parsed.GetValue(_whole)
            ? new TrainedPart.WholeUNet { From = file }
            : new TrainedPart.Adapter(TargetsOf(parsed.GetRequiredValue(_targets)), parsed.GetValue(_rank),
                parsed.GetValue(_alpha))
            { From = file, Texts = parsed.GetValue(_texts) };
    }

    private static LoraTargets TargetsOf(string list) => list.Split(',', StringSplitOptions.TrimEntries).Aggregate(
        (LoraTargets)0,
        (all, name) =>
            all | (Targets.TryGetValue(name, out var target) ? target
                : throw new EngineException($"--lora-targets knows {string.Join(", ", Targets.Keys)}, not {name}")));
}
