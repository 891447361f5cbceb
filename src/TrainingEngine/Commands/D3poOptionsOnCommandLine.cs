using System.CommandLine;
using System.Globalization;
using Labeler.TrainingEngine.Algorithms.D3po;

namespace Labeler.TrainingEngine.Commands;

/// <summary>D3PO's settings as options of a command. What is not given keeps the model's default, else the published one.</summary>
public sealed class D3poOptionsOnCommandLine
{
    private readonly List<Func<ParseResult, D3poOptions, D3poOptions>> _settings = [];
    private readonly List<Option> _options = [];

    /// <param name="command">Gets the options.</param>
    public D3poOptionsOnCommandLine(Command command)
    {
        Value<string>(command, "--mode", "grouped (shared by all pairs of a group) or official (a pair at a time) [grouped]",
            (options, mode) => options with { Mode = ModeOf(mode) });
        Number(command, "--beta", "temperature β of the preference term [0.1]", (options, value) => options with { Beta = value });
        Number(command, "--epsilon", "half-width of the clamp on the policy ratio [0.1]", (options, value) => options with { Epsilon = value });
        Flag(command, "--one-sided-clamp", "clamp winners only above and losers only below", options => options with { OneSidedClamp = true });
        Number(command, "--learning-rate", "of AdamW [3e-5]", (options, value) => options with { LearningRate = value });
        Number(command, "--adam-beta1", "decay of the mean of gradients [0.9]", (options, value) => options with { AdamBeta1 = value });
        Number(command, "--adam-beta2", "decay of the mean of squared gradients [0.999]", (options, value) => options with { AdamBeta2 = value });
        Number(command, "--adam-epsilon", "AdamW's ε [1e-8]", (options, value) => options with { AdamEpsilon = value });
        Number(command, "--weight-decay", "decoupled weight decay [1e-4]", (options, value) => options with { WeightDecay = value });
        Number(command, "--max-gradient-norm", "norm to which gradients are clipped [1]", (options, value) => options with { MaxGradientNorm = value });
        Count(command, "--inner-epochs", "passes over the groups [1]", (options, value) => options with { InnerEpochs = value });
        Count(command, "--first-step", "first sampling step trained on, from 0 [0]", (options, value) => options with { FirstStep = value });
        Count(command, "--last-step", "last sampling step trained on [the trajectory's last]", (options, value) => options with { LastStep = value });
        Number(command, "--step-fraction", "share of these steps drawn anew for every group [1]", (options, value) => options with { StepFraction = value });
        Value<string>(command, "--step-weights", "weights of the sampling steps' losses, from step 0 on, with commas: 1,1,0.5",
            (options, list) => options with { StepWeights = Weights(list) });
        Number(command, "--kl", "weight of the divergence from the policy that sampled [0]", (options, value) => options with { KlToPrevious = value });
        Number(command, "--kl-base", "weight of the divergence from the base model [0]", (options, value) => options with { KlToBase = value });
        Flag(command, "--detach-unconditional", "no gradient through the unconditional branch of the guidance", options => options with { DetachUnconditional = true });
        Count(command, "--images-per-step", "images whose gradients make one optimizer step; grouped [56]", (options, value) => options with { ImagesPerStep = value });
        Count(command, "--timesteps-per-step", "timesteps whose gradients make one optimizer step; 0 all; grouped [1]", (options, value) => options with { TimestepsPerStep = value });
        Count(command, "--pairs-per-step", "pairs whose gradients make one optimizer step; official [1]", (options, value) => options with { PairsPerStep = value });
        Count(command, "--seed", "of the order and of a new adapter [0]", (options, value) => options with { Seed = value });
        Number(command, "--ratio-tolerance", "largest deviation of the self-check before the first update [1e-3]", (options, value) => options with { RatioTolerance = value });
    }

    /// <summary>Those that are D3PO's alone: not the optimizer's, nor how many images or which seed it takes.</summary>
    public IEnumerable<Option> OfD3poAlone => _options.Where(option => !Shared.Contains(option.Name));

    private static string[] Shared { get; } = ["--learning-rate", "--adam-beta1", "--adam-beta2", "--adam-epsilon", "--weight-decay", "--max-gradient-norm", "--images-per-step", "--seed"];

    /// <summary>The settings that were given, on top of <paramref name="defaults"/>.</summary>
    /// <exception cref="EngineException">A value is impossible.</exception>
    public D3poOptions Read(ParseResult parsed, D3poOptions defaults)
    {
        var options = _settings.Aggregate(defaults, (current, setting) => setting(parsed, current));
        options.Validate();
        return options;
    }

    private void Number(Command command, string name, string description, Func<D3poOptions, double, D3poOptions> set) =>
        Value<double?>(command, name, description, (options, value) => set(options, value!.Value));

    private void Count(Command command, string name, string description, Func<D3poOptions, int, D3poOptions> set) =>
        Value<int?>(command, name, description, (options, value) => set(options, value!.Value));

    private void Flag(Command command, string name, string description, Func<D3poOptions, D3poOptions> set)
    {
        var option = new Option<bool>(name) { Description = description };
        command.Options.Add(option);
        _options.Add(option);
        _settings.Add((parsed, options) => parsed.GetValue(option) ? set(options) : options);
    }

    private void Value<T>(Command command, string name, string description, Func<D3poOptions, T, D3poOptions> set)
    {
        var option = new Option<T?>(name) { Description = description };
        command.Options.Add(option);
        _options.Add(option);
        _settings.Add((parsed, options) => parsed.GetResult(option) is null ? options : set(options, parsed.GetValue(option)!));
    }

    private static D3poMode ModeOf(string name) => Enum.TryParse<D3poMode>(name, ignoreCase: true, out var mode) && Enum.IsDefined(mode)
        ? mode
        : throw new EngineException($"the mode is grouped or official, not {name}");

    private static double[] Weights(string list) => [.. list.Split(',').Select(text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
            ? weight
            : throw new EngineException($"--step-weights takes numbers with commas between them, not {text}"))];
}
