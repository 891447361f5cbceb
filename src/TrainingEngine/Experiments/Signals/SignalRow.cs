using System.Globalization;
using Labeler.TrainingEngine.Experiments.Comparison;

namespace Labeler.TrainingEngine.Experiments.Signals;

/// <summary>One epoch of one method and seed; epoch 0 is the base model.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Seed">Of the run.</param>
/// <param name="Votes">Judgements of single images so far, of all raters.</param>
/// <param name="Images">Images judged so far.</param>
/// <param name="Groups">Groups of the epoch.</param>
/// <param name="Alike">Those whose images were all judged alike.</param>
/// <param name="Flagged">Images of the epoch that the majority flagged.</param>
/// <param name="Usable">Groups that taught something.</param>
/// <param name="Signal">Pairs that were learned from; for images judged alone their number.</param>
/// <param name="Measured">The policy that the epoch left.</param>
/// <param name="Policy">Its weights, relative to the folder; null while they are the model's own.</param>
internal sealed record SignalRow(string Method, int Seed, int Votes, int Images, int Groups, int Alike, int Flagged, int Usable, int Signal,
    EpochRow Measured, string? Policy)
{
    /// <summary>First line of the CSV file; shares are of 1, figures of groups and signals are the epoch's own.</summary>
    public const string CsvHeader =
        "method,seed,epoch,votes,rate,low,high,groups,judged_alike,flagged,usable_groups,signal,unreadable,diversity,color_drift,"
        + "sample_seconds,train_seconds";

    /// <summary>A line of the CSV file.</summary>
    public string ToCsv() => string.Create(CultureInfo.InvariantCulture,
        $"{Method},{Seed},{Measured.Epoch},{Votes},{Measured.Rate.Share:0.####},{Measured.Rate.Low:0.####},{Measured.Rate.High:0.####},"
            + $"{Groups},{Alike},{Flagged},{Usable},{Signal},{Measured.Unreadable:0.####},{Measured.Diversity:0.####},"
            + $"{Measured.ColourDrift:0.####},{Measured.SampleSeconds:0.##},{Measured.TrainSeconds:0.##}");

    /// <summary>The rate as a comparison's reward, which the comparison page reads.</summary>
    public ComparisonRow ToComparison() => new(Method, Seed, Measured.Epoch, Images, Measured.Rate.Share, double.NaN, Measured.Diversity,
        Measured.SampleSeconds, Measured.TrainSeconds);
}
