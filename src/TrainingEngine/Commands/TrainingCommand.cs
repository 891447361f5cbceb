using System.CommandLine;
using System.Globalization;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Commands;

/// <summary>What a command that trains has been told.</summary>
internal sealed record TrainingCall<T>(ParseResult Parsed, StableDiffusion Model, T Options, TrainedPart Trained, RunOptions Place,
    CancellationToken Stop);

/// <summary>A command that trains: an algorithm's settings, the model, what is trained and where it writes.</summary>
internal sealed class TrainingCommand<T> where T : UpdateOptions
{
    private readonly ModelOptions _model = new();
    private readonly TrainedPartOptions _trained;
    private readonly PlaceOptions _place = new();
    private readonly OptionsOnCommandLine _options;
    private readonly Func<ParseResult, string, T> _defaults;

    /// <param name="command">Gets all options but those that say what is learned from.</param>
    /// <param name="standard">Settings that its help shows.</param>
    /// <param name="defaults">From what was given and a model's folder to the settings where nothing else is given.</param>
    /// <param name="train">Does it.</param>
    /// <param name="trained">What is trained; the usual adapter where it is not given.</param>
    public TrainingCommand(Command command, T standard, Func<ParseResult, string, T> defaults,
        Func<TrainingCall<T>, TrainingResult> train, TrainedPartOptions? trained = null)
    {
        _trained = trained ?? new();
        _model.AddTo(command);
        _trained.AddTo(command);
        _place.AddTo(command);
        _options = new OptionsOnCommandLine(command, standard);
        _defaults = defaults;
        command.Does((parsed, stop) => Run(parsed, train, stop));
    }

    private int Run(ParseResult parsed, Func<TrainingCall<T>, TrainingResult> train, CancellationToken stop)
    {
        var settings = _options.Read(parsed, _defaults(parsed, _model.FolderOf(parsed)));
        if (_place.Launch(parsed, stop) is { } exitCode)
        {
            return exitCode;
        }
        var place = _place.Read(parsed);
        ProgressBar? bar = null;
        try
        {
            var told = !place.Ranks.IsFirst ? place : place with
            {
                Begun = (done, total) => bar = new ProgressBar("training", total, "images", done),
                Progress = progress => bar!.Advance(progress.ImagesInStep, string.Create(
                    CultureInfo.InvariantCulture,
                        $"step {progress.Metrics.Step}/{progress.Metrics.Steps}  loss {progress.Metrics.Figures["loss"]:0.0000}")),
            };
            var model = _model.Load(parsed, place.Ranks.RankOnMachine);
            var result = train(new TrainingCall<T>(parsed, model, settings, _trained.Read(parsed), told, stop));
            bar?.Dispose();
            if (place.Ranks.IsFirst)
            {
                Console.WriteLine($"wrote {result.Weights}");
            }
            place.Ranks.Leave();
            return 0;
        }
        finally
        {
            bar?.Dispose();
        }
    }
}
