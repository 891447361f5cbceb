using System.CommandLine;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Experiments;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Experiments.Comparison;
using Labeler.TrainingEngine.Experiments.Duels;
using Labeler.TrainingEngine.Experiments.Signals;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The settings of the published experiments as options of a command. What is not given keeps the experiment's default.</summary>
public sealed partial class ReproduceOptions
{
    private readonly Option<int?> _epochs =
        new("--epochs") { Description = "times that images are sampled, judged and learned from [5; comparisons 6; duels 3; signals 8]" };
    private readonly Option<int?> _images =
        new("--images") { Description = "judged images of an epoch, in groups of 7 [350; comparisons 112; duels 140; signals 28]" };
    private readonly Option<int?> _evaluation =
        new("--evaluation-images")
        {
            Description =
            "images on which a checkpoint is measured [350; comparisons 56; duels and signals 200; rubric 100 at fixed and 100 at random "
                + "seeds]"
        };
    private readonly Option<int?> _steps = new("--steps") { Description = "DDIM steps [20; comparisons 10]" };
    private readonly Option<int?> _raters =
        new("--raters") { Description = "annotators who judge every image or pair [1; duels and rubric 3]" };
    private readonly Option<int> _replay =
        new("--replay") { Description = "earlier epochs whose judged pictures are learned from again in every epoch [0]" };
    private readonly Option<bool> _across =
        new("--across-groups") { Description = "pairs between groups of one prompt, too (normalcy, safety)" };
    private readonly Option<bool> _forSignal = new("--sample-for-signal")
    {
        Description = "ask most about the prompts whose votes taught most in the last two epochs (normalcy, safety, alignment); "
            + "else they take turns",
    };

    private readonly Option<double?> _noise =
        new("--noise") { Description = "share of their verdicts that are wrong, 0 to 1 [0; duels and rubric 0.1]" };
    private readonly Option<double?> _ties =
        new("--ties") { Description = "share of comparisons called a tie whatever is seen, 0 to 1 (alignment, duels) [0; duels 0.1]" };
    private readonly Option<double> _guidance =
        new("--guidance") { Description = "guidance scale of sampling and training", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _rank =
        new("--lora-rank")
        {
            Description =
            "rank of an adapter to train in the place of the whole U-Net; 0 trains the U-Net [0; rubric 8]"
        };
    private readonly Option<bool> _allLayers =
        new("--lora-all-layers") { Description = "adapt feed-forward and convolution layers too, not attention alone" };
    private readonly Option<int?> _seeds = new("--seeds") { Description = "runs of each algorithm [comparisons and signals 3; duels 1]" };
    private readonly Option<string?> _algorithms = new("--algorithms")
    {
        Description =
            $"with commas, or all, of {string.Join(", ", ComparedAlgorithm.Names)} [comparisons "
                + $"{string.Join(',', ComparedAlgorithm.Default)}; duels {string.Join(',', new DuelOptions().Algorithms)}]",
    };

    private readonly Option<string?> _precision = new Option<string?>("--dtype")
    {
        Description = "element type to compute in; comparisons [float32]",
    }.AcceptOnlyFromAmong([.. Precisions.Names]);

    private readonly Option<int?> _scenes = new("--scenes") { Description = "drawn scenes that are labeled (rubric) [400]" };
    private readonly Option<int?> _trainingSteps =
        new("--training-steps") { Description = "optimizer steps of each label's adapter (rubric) [400]" };
    private readonly Option<int?> _evaluateEvery =
        new("--evaluate-every") { Description = "optimizer steps between two checkpoints that are scored (rubric) [100]" };
    private readonly Option<int?> _policyEpochs =
        new("--policy-epochs") { Description = "epochs of the policy gradient on each round's reward model (rlhf) [2]" };
    private readonly OptionsOnCommandLine _d3po;

    /// <param name="command">Gets the options.</param>
    public ReproduceOptions(Command command)
    {
        Option[] options =
            [_epochs, _images, _evaluation, _steps, _raters, _replay, _across, _forSignal, _noise, _ties, _guidance, _rank, _allLayers,
                _seeds, _algorithms, _precision, _scenes, _trainingSteps, _evaluateEvery, _policyEpochs];
        Array.ForEach(options, command.Add);
        _d3po = new OptionsOnCommandLine(command, new D3poOptions());
    }

    /// <summary>The settings of one of D3PO's experiments.</summary>
    public ReproductionOptions OfReproduction(ParseResult parsed, Experiment experiment, string model)
    {
        Refuse(parsed, experiment.Name, [_seeds, _algorithms, _precision, .. OfTuning]);
        D3poOptions updates = _d3po.Read(parsed, ModelDefaults.Read(model));
        var defaults = new ReproductionOptions { Experiment = experiment };
        return defaults with
        {
            Epochs = parsed.GetValue(_epochs) ?? defaults.Epochs,
            Images = parsed.GetValue(_images) ?? defaults.Images,
            EvaluationImages = parsed.GetValue(_evaluation) ?? defaults.EvaluationImages,
            Steps = parsed.GetValue(_steps) ?? defaults.Steps,
            Seed = updates.Seed,
            Raters = parsed.GetValue(_raters) ?? defaults.Raters,
            Replay = parsed.GetValue(_replay),
            AcrossGroups = parsed.GetValue(_across),
            SampleForSignal = parsed.GetValue(_forSignal),
            Annotator = Annotator(parsed, defaults.Annotator) with { Seed = updates.Seed },
            Guidance = parsed.GetValue(_guidance),
            D3po = updates,
            Trained = Part(parsed),
        };
    }

    /// <summary>The settings of algorithms compared on a reward.</summary>
    public ComparisonOptions OfComparison(ParseResult parsed, ComparisonTask task, string model)
    {
        Refuse(parsed, task.Name, [_raters, _replay, _across, _forSignal, _noise, _ties, .. OfTuning]);
        var defaults = new ComparisonOptions { Task = task };
        return defaults with
        {
            Algorithms = Names(parsed, ComparedAlgorithm.Names) ?? defaults.Algorithms,
            Seeds = parsed.GetValue(_seeds) ?? defaults.Seeds,
            Epochs = parsed.GetValue(_epochs) ?? defaults.Epochs,
            Images = parsed.GetValue(_images) ?? defaults.Images,
            EvaluationImages = parsed.GetValue(_evaluation) ?? defaults.EvaluationImages,
            Steps = parsed.GetValue(_steps) ?? defaults.Steps,
            Guidance = parsed.GetValue(_guidance),
            Precision = parsed.GetValue(_precision) is "float32" ? null : parsed.GetValue(_precision),
            // Pulls would hold D3PO back alone, and all algorithms learn from the steps that sampling took.
            D3po = _d3po.Read(parsed, ModelDefaults.Read(model) with { KlToPrevious = 0, HoldColor = 0, Redraw = false }),
            Trained = Part(parsed),
        };
    }

    /// <summary>The settings of duels.</summary>
    public DuelOptions OfDuels(ParseResult parsed, string model)
    {
        Refuse(parsed, "duels", [_replay, _across, _forSignal, _precision, .. OfTuning]);
        var defaults = new DuelOptions();
        return defaults with
        {
            Algorithms = Names(parsed, DuelOptions.Possible) ?? defaults.Algorithms,
            Seeds = parsed.GetValue(_seeds) ?? defaults.Seeds,
            Epochs = parsed.GetValue(_epochs) ?? defaults.Epochs,
            Images = parsed.GetValue(_images) ?? defaults.Images,
            EvaluationImages = parsed.GetValue(_evaluation) ?? defaults.EvaluationImages,
            Raters = parsed.GetValue(_raters) ?? defaults.Raters,
            Annotator = Annotator(parsed, defaults.Annotator),
            Steps = parsed.GetValue(_steps) ?? defaults.Steps,
            Guidance = parsed.GetValue(_guidance),
            D3po = _d3po.Read(parsed, ModelDefaults.Read(model)),
            Trained = Part(parsed),
        };
    }

    /// <summary>The settings of pairs and images judged alone against each other.</summary>
    public SignalOptions OfSignals(ParseResult parsed, string model)
    {
        Refuse(parsed, "signals", [_replay, _across, _forSignal, _ties, _algorithms, _precision, .. OfTuning]);
        var defaults = new SignalOptions();
        return defaults with
        {
            Seeds = parsed.GetValue(_seeds) ?? defaults.Seeds,
            Epochs = parsed.GetValue(_epochs) ?? defaults.Epochs,
            Images = parsed.GetValue(_images) ?? defaults.Images,
            EvaluationImages = parsed.GetValue(_evaluation) ?? defaults.EvaluationImages,
            Raters = parsed.GetValue(_raters) ?? defaults.Raters,
            Annotator = Annotator(parsed, defaults.Annotator),
            Steps = parsed.GetValue(_steps) ?? defaults.Steps,
            Guidance = parsed.GetValue(_guidance),
            D3po = _d3po.Read(parsed, ModelDefaults.Read(model)),
            Trained = Part(parsed),
        };
    }

    private Option[] OfTuning => [_scenes, _trainingSteps, _evaluateEvery, _policyEpochs];

    // What would change nothing was meant for another experiment.
    private static void Refuse(ParseResult parsed, string experiment, Option[] others)
    {
        if (Array.Find(others, option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new EngineException($"{given.Name} changes nothing about {experiment}; leave it out");
        }
    }

    private AnnotatorOptions Annotator(ParseResult parsed, AnnotatorOptions defaults) =>
        defaults with
        {
            WrongShare = parsed.GetValue(_noise) ?? defaults.WrongShare,
            TieShare = parsed.GetValue(_ties) ?? defaults.TieShare
        };

    private IReadOnlyList<string>? Names(ParseResult parsed, IReadOnlyList<string> all) =>
        parsed.GetValue(_algorithms) is not { } given ? null
        : given == "all" ? all : given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private TrainedPart Part(ParseResult parsed) => parsed.GetValue(_rank) is > 0 and var inner
        ? new TrainedPart.Adapter(parsed.GetValue(_allLayers) ? LoraTargets.AllLinear | LoraTargets.Convolutions : LoraTargets.Attention,
            inner)
        : new TrainedPart.WholeUNet();
}
