using System.Globalization;
using Labeler.Shared.Comparisons;
using Labeler.Shared.Statistics;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>One epoch's line of the table; epoch 0 is the base model.</summary>
/// <param name="Epoch">Epochs learned from.</param>
/// <param name="Rate">Share of good images among the evaluation images, with its interval.</param>
/// <param name="Unreadable">Share of evaluation images that cannot be judged.</param>
/// <param name="Score">Mean rubric score; only mirrors have one.</param>
/// <param name="Diversity">How much the evaluation images differ, see <see cref="Shared.Imaging.Diversity"/>.</param>
/// <param name="ColourDrift">Distance of the mean colour from the base model's, 0 to 1.</param>
/// <param name="SampleSeconds">Sampling the epoch's judged images.</param>
/// <param name="TrainSeconds">Learning from them.</param>
public sealed record EpochRow(
    int Epoch, Proportion Rate, double Unreadable, double? Score, double Diversity, double ColourDrift, double SampleSeconds,
        double TrainSeconds)
{
    /// <summary>How much the good ones among the evaluation images differ: what diversity there is beside that of faults.</summary>
    public double GoodDiversity { get; init; }

    /// <summary>First line of the CSV file.</summary>
    public const string CsvHeader = ReproducedRun.RateHeader;

    /// <summary>Heading of the printed table.</summary>
    public const string TableHeader =
        "epoch  labels   good %  95 % interval  unread. %  score  diversity  of good  colour drift  sampling s  training s";

    /// <summary>A line of the CSV file; <c>images</c> are those that the rate was measured on.</summary>
    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Epoch},{Rate.Of},{Rate.Share:0.####},{Rate.Low:0.####},{Rate.High:0.####},"
        + $"{Diversity:0.####},{SampleSeconds:0.##},{TrainSeconds:0.##}");

    /// <summary>A line of <c>labels.csv</c>: the rate over what it cost.</summary>
    /// <param name="labels">Judged images so far.</param>
    public string ToLabelsCsv(int labels) =>
        string.Create(CultureInfo.InvariantCulture, $"{Epoch},{labels},{Rate.Share:0.####},{Rate.Low:0.####},{Rate.High:0.####}");

    /// <summary>A line of the printed table.</summary>
    /// <param name="labels">Judged images so far.</param>
    public string ToText(int labels) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Epoch,5}  {labels,6}  {100 * Rate.Share,7:0.0}  {$"{100 * Rate.Low:0.0} to {100 * Rate.High:0.0}",13}  "
            + $"{100 * Unreadable,9:0.0}  {Score,5:0.00}  {Diversity,9:0.000}  {GoodDiversity,7:0.000}  "
            + $"{ColourDrift,12:0.000}  {SampleSeconds,10:0.0}  {TrainSeconds,10:0.0}");
}
