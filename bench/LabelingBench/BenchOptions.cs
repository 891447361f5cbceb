using System.CommandLine;

namespace Labeler.Bench.Labeling;

/// <param name="Annotators">Simulated people.</param>
/// <param name="Rate">Votes a second of all of them together.</param>
/// <param name="Seconds">How long they vote.</param>
/// <param name="WarmUp">Seconds of voting before that, which are not measured: in them a server that has just started compiles its code.</param>
/// <param name="Arrival">Seconds within which they open the page, one after the other; 0 for all at once.</param>
/// <param name="Training">Does a training job run meanwhile?</param>
/// <param name="Presses">Key presses measured in the browser; 0 for none.</param>
public sealed record BenchOptions(int Annotators, double Rate, int Seconds, int WarmUp, double Arrival, bool Training, int Presses)
{
    /// <summary>The options, or the exit code where the command line asks for help or is wrong (which is then already said).</summary>
    public static (BenchOptions? Options, int ExitCode) Parse(string[] args)
    {
        var annotators = new Option<int>("--annotators") { Description = "Simulated annotators", DefaultValueFactory = _ => 50 };
        var rate = new Option<double>("--rate") { Description = "Votes a second, all together", DefaultValueFactory = _ => 20 };
        var seconds = new Option<int>("--seconds") { Description = "Length of the measurement", DefaultValueFactory = _ => 60 };
        var warmUp = new Option<int>("--warm-up") { Description = "Seconds of voting before the measurement, which a server that has just started needs to compile its code", DefaultValueFactory = _ => 0 };
        var arrival = new Option<double>("--arrival") { Description = "Seconds within which they open the page, one after the other; 0 for all at once", DefaultValueFactory = _ => 10 };
        var quiet = new Option<bool>("--no-training") { Description = "Measure without a training job beside it" };
        var presses = new Option<int>("--presses") { Description = "Key presses to measure in Chromium; 0 for none", DefaultValueFactory = _ => 40 };
        var command = new RootCommand("Votes of many annotators over HTTP while a model is trained on the same cores.") { annotators, rate, seconds, warmUp, arrival, quiet, presses };
        var result = command.Parse(args);
        if (result.Errors.Count > 0 || result.Action is not null)
        {
            return (null, result.Invoke());
        }
        return (new(result.GetValue(annotators), result.GetValue(rate), result.GetValue(seconds), result.GetValue(warmUp), result.GetValue(arrival), !result.GetValue(quiet), result.GetValue(presses)), 0);
    }
}
