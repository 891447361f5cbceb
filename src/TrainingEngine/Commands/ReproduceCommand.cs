using System.CommandLine;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Reproduction;
using Labeler.TrainingEngine.MirrorWorld.Reproduction.Comparison;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>reproduce</c>: the published experiments on the bundled model, with simulated annotators.</summary>
public sealed class ReproduceCommand
{
    private readonly Argument<string> experiment = new Argument<string>("experiment")
    {
        Description = "normalcy (hands), safety (art), alignment (mirrors, judged in pairs); or, comparing algorithms on a reward, compressibility, incompressibility, mirror-reward",
    }.AcceptOnlyFromAmong([.. Experiment.All.Select(one => one.Name), .. ComparisonTask.All.Select(one => one.Name)]);

    private readonly Option<string> model = new("--model") { Description = "the bundled model's folder", DefaultValueFactory = _ => Path.Combine("models", "mirror-world") };
    private readonly Option<int?> epochs = new("--epochs") { Description = "times that images are sampled, judged and learned from [5; comparisons 6]" };
    private readonly Option<int?> images = new("--images") { Description = "judged images of an epoch, in groups of 7 [350; comparisons 112]" };
    private readonly Option<int?> evaluation = new("--evaluation-images") { Description = "images on which a rate or reward is measured [350; comparisons 56]" };
    private readonly Option<int?> steps = new("--steps") { Description = "DDIM steps [20; comparisons 10]" };
    private readonly Option<int> raters = Number("--raters", "annotators who judge every image or pair", 1);
    private readonly Option<int> replay = Number("--replay", "earlier epochs whose judged pictures are learned from again in every epoch", 0);
    private readonly Option<double> noise = new("--noise") { Description = "share of their verdicts that are wrong, 0 to 1" };
    private readonly Option<double> ties = new("--ties") { Description = "share of comparisons called a tie whatever is seen, 0 to 1 (alignment)" };
    private readonly Option<double> guidance = new("--guidance") { Description = "guidance scale of sampling and training", DefaultValueFactory = _ => 1 };
    private readonly Option<int> rank = Number("--lora-rank", "rank of an adapter to train in the place of the whole U-Net; 0 trains the U-Net", 0);
    private readonly Option<bool> allLayers = new("--lora-all-layers") { Description = "adapt feed-forward and convolution layers too, not attention alone" };
    private readonly Option<string> output = new("--out") { Description = "new folder for the table, the curve, the sheets and the checkpoints", Required = true };
    private readonly Option<int> seeds = Number("--seeds", "runs of each algorithm (comparisons)", 3);
    private readonly Option<string> algorithms = new("--algorithms") { Description = $"with commas, or all, of {string.Join(", ", Competitor.Names)} (comparisons)", DefaultValueFactory = _ => string.Join(',', Competitor.Default) };
    private readonly D3poOptionsOnCommandLine d3po;

    private ReproduceCommand(Command command)
    {
        Option[] options = [model, epochs, images, evaluation, steps, raters, replay, noise, ties, guidance, rank, allLayers, output, seeds, algorithms];
        command.Add(experiment);
        Array.ForEach(options, command.Add);
        d3po = new D3poOptionsOnCommandLine(command);
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("reproduce", "Repeats a published experiment on the bundled model with simulated annotators: a table, a CSV file, a curve, sample sheets.");
        command.Does(new ReproduceCommand(command).Run);
        return command;
    }

    private void Run(ParseResult parsed, CancellationToken stop)
    {
        string folder = parsed.GetRequiredValue(model);
        D3poOptions chosen = ModelDefaults.Read(folder);
        if (ComparisonTask.All.FirstOrDefault(one => one.Name == parsed.GetRequiredValue(experiment)) is { } task)
        {
            // A pull towards the policy that sampled would hold D3PO back alone.
            Compare(parsed, task, folder, d3po.Read(parsed, chosen with { KlToPrevious = 0 }), stop);
            return;
        }

        D3poOptions updates = d3po.Read(parsed, chosen);
        var defaults = new ReproductionOptions { Experiment = Experiment.Parse(parsed.GetRequiredValue(experiment)) };
        ReproductionOptions options = defaults with
        {
            Epochs = parsed.GetValue(epochs) ?? defaults.Epochs,
            Images = parsed.GetValue(images) ?? defaults.Images,
            EvaluationImages = parsed.GetValue(evaluation) ?? defaults.EvaluationImages,
            Steps = parsed.GetValue(steps) ?? defaults.Steps,
            Seed = updates.Seed,
            Raters = parsed.GetValue(raters),
            Replay = parsed.GetValue(replay),
            Annotator = new AnnotatorOptions(parsed.GetValue(noise), parsed.GetValue(ties), updates.Seed),
            Guidance = parsed.GetValue(guidance),
            D3po = updates,
            Trained = PartOf(parsed),
        };
        new ReproductionRun(folder, options, parsed.GetRequiredValue(output), Console.Out).Run(stop);
    }

    private void Compare(ParseResult parsed, ComparisonTask task, string folder, D3poOptions updates, CancellationToken stop)
    {
        var defaults = new ComparisonOptions { Task = task };
        ComparisonOptions options = defaults with
        {
            Algorithms = parsed.GetRequiredValue(algorithms) == "all" ? Competitor.Names : parsed.GetRequiredValue(algorithms).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Seeds = parsed.GetValue(seeds),
            Epochs = parsed.GetValue(epochs) ?? defaults.Epochs,
            Images = parsed.GetValue(images) ?? defaults.Images,
            EvaluationImages = parsed.GetValue(evaluation) ?? defaults.EvaluationImages,
            Steps = parsed.GetValue(steps) ?? defaults.Steps,
            Guidance = parsed.GetValue(guidance),
            D3po = updates,
            Trained = PartOf(parsed),
        };
        new ComparisonRun(folder, options, parsed.GetRequiredValue(output), Console.Out).Run(stop);
    }

    private TrainedPart PartOf(ParseResult parsed) => parsed.GetValue(rank) is > 0 and var inner
        ? new TrainedPart.Adapter(parsed.GetValue(allLayers) ? LoraTargets.AllLinear | LoraTargets.Convolutions : LoraTargets.Attention, inner)
        : new TrainedPart.WholeUNet();

    private static Option<int> Number(string name, string description, int value) => new(name) { Description = description, DefaultValueFactory = _ => value };
}
