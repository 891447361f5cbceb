using System.CommandLine;
using Labeler.TrainingEngine.Experiments;
using Labeler.TrainingEngine.Experiments.Comparison;
using Labeler.TrainingEngine.Experiments.Duels;
using Labeler.TrainingEngine.Experiments.Rlhf;
using Labeler.TrainingEngine.Experiments.Rubric;
using Labeler.TrainingEngine.Experiments.Signals;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>reproduce</c>: the published experiments on the bundled model, with simulated annotators.</summary>
public sealed class ReproduceCommand
{
    private const string Duels = "duels", Rubric = "rubric", Signals = "signals", Rlhf = "rlhf";

    private readonly Argument<string> _experiment = new Argument<string>("experiment")
    {
        Description =
            "normalcy (hands), safety (art), alignment (mirrors, judged in pairs); comparing algorithms on a reward, compressibility, "
                + "incompressibility, mirror-reward; "
            + "algorithms against each other before raters, duels; fine-tuning on drawn scenes, scored by raters along its steps, rubric; "
                + "safety from pairs within groups, across groups and images judged alone at equal votes, signals; "
                + "votes, reward model and policy gradient against D3PO at equal votes, rlhf",
    }.AcceptOnlyFromAmong([.. Experiment.All.Select(one => one.Name), .. ComparisonTask.All.Select(one => one.Name), Duels, Rubric,
        Signals, Rlhf]);

    private readonly Option<string> _model =
        new("--model") { Description = "the bundled model's folder", DefaultValueFactory = _ => Path.Combine("models", "mirror-world") };
    private readonly Option<string> _output =
        new("--out") { Description = "new folder for the table, the pictures, the sheets and the checkpoints", Required = true };
    private readonly ReproduceOptions _options;

    private ReproduceCommand(Command command)
    {
        command.Add(_experiment);
        command.Add(_model);
        command.Add(_output);
        _options = new ReproduceOptions(command);
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command =
            new Command("reproduce",
                "Repeats a published experiment on the bundled model with simulated annotators: a table, a CSV file, pictures, sample "
                    + "sheets.");
        command.Does(new ReproduceCommand(command).Run);
        return command;
    }

    private void Run(ParseResult parsed, CancellationToken stop)
    {
        var (name, from, into) = (parsed.GetRequiredValue(_experiment), parsed.GetRequiredValue(_model), parsed.GetRequiredValue(_output));
        if (ComparisonTask.All.FirstOrDefault(one => one.Name == name) is { } task)
        {
            new ComparisonRun(from, _options.OfComparison(parsed, task, from), into, Console.Out).Run(stop);
        }
        else if (name == Duels)
        {
            new DuelRun(from, _options.OfDuels(parsed, from), into, Console.Out).Run(stop);
        }
        else if (name == Rubric)
        {
            new RubricRun(from, _options.OfRubric(parsed), into, Console.Out).Run(stop);
        }
        else if (name == Signals)
        {
            new SignalRun(from, _options.OfSignals(parsed, from), into, Console.Out).Run(stop);
        }
        else if (name == Rlhf)
        {
            new RlhfRun(from, _options.OfRlhf(parsed, from), into, Console.Out).Run(stop);
        }
        else
        {
            new ReproductionRun(from, _options.OfReproduction(parsed, Experiment.Parse(name), from), into, Console.Out).Run(stop);
        }
    }
}
