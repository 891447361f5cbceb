using System.CommandLine;
using System.Globalization;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Commands;

/// <summary>What a subcommand of <c>train</c> has been told.</summary>
internal sealed record AlgorithmCall<T>(ParseResult Parsed, StableDiffusion Model, T Options, TrainedPart Trained, RunOptions Place, CancellationToken Stop);

/// <summary>A subcommand of <c>train</c>: one algorithm, with its settings, the model, what is trained and where it writes.</summary>
internal sealed class AlgorithmCommand<T> where T : UpdateOptions, new()
{
    private readonly ModelOptions model = new();
    private readonly TrainedPartOptions trained = new();
    private readonly PlaceOptions place = new();
    private readonly OptionsOnCommandLine<T> options;

    /// <param name="command">Gets all options but those that say what is learned from.</param>
    /// <param name="train">Does it.</param>
    public AlgorithmCommand(Command command, Func<AlgorithmCall<T>, TrainingResult> train)
    {
        model.AddTo(command);
        trained.AddTo(command);
        place.AddTo(command);
        options = new OptionsOnCommandLine<T>(command);
        command.Does((parsed, stop) => Run(parsed, train, stop));
    }

    private void Run(ParseResult parsed, Func<AlgorithmCall<T>, TrainingResult> train, CancellationToken stop)
    {
        var settings = options.Read(parsed);
        ProgressBar? bar = null;
        try
        {
            var where = place.Read(parsed) with
            {
                Begun = (done, total) => bar = new ProgressBar("training", total, "images", done),
                Progress = progress => bar!.Advance(progress.ImagesInStep, string.Create(
                    CultureInfo.InvariantCulture, $"step {progress.Metrics.Step}/{progress.Metrics.Steps}  loss {progress.Metrics.Figures["loss"]:0.0000}")),
            };
            var result = train(new AlgorithmCall<T>(parsed, model.Load(parsed), settings, trained.Read(parsed), where, stop));
            bar?.Dispose();
            Console.WriteLine($"wrote {result.Weights}");
        }
        finally
        {
            bar?.Dispose();
        }
    }
}
