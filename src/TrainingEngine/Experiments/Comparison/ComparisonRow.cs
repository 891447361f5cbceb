using System.Globalization;
using Labeler.Shared.Comparisons;

namespace Labeler.TrainingEngine.Experiments.Comparison;

/// <summary>One model's measurement: a line of the CSV file.</summary>
/// <param name="Algorithm">Its name; epoch 0 stands under each with the base model's figures.</param>
/// <param name="Seed">Of the run.</param>
/// <param name="Epoch">Epochs learned from.</param>
/// <param name="Images">Sampled images learned from.</param>
/// <param name="Reward">Mean over the evaluation images of the training prompts.</param>
/// <param name="HeldOut">Mean over those of held-out prompts; NaN where there are none.</param>
/// <param name="Diversity">See <see cref="Reproduction.Diversity"/>.</param>
/// <param name="SampleSeconds">Sampling and rewarding the epoch's images.</param>
/// <param name="TrainSeconds">Learning from them.</param>
public sealed record ComparisonRow(
    string Algorithm, int Seed, int Epoch, int Images, double Reward, double HeldOut, double Diversity, double SampleSeconds,
        double TrainSeconds)
{
    /// <summary>First line of the CSV file.</summary>
    public const string CsvHeader = ReproducedRun.RewardHeader;

    /// <summary>A line of the CSV file.</summary>
    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Algorithm},{Seed},{Epoch},{Images},{Reward:0.######},"
        + $"{(double.IsNaN(HeldOut) ? "" : HeldOut.ToString("0.######", CultureInfo.InvariantCulture))},"
        + $"{Diversity:0.####},{SampleSeconds:0.##},{TrainSeconds:0.##}");

    /// <summary>Reads a line that <see cref="ToCsv"/> wrote.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public static ComparisonRow Parse(string line)
    {
        var culture = CultureInfo.InvariantCulture;
        try
        {
            return line.Split(',') is [var algorithm, var seed, var epoch, var images, var reward, var heldOut, var diversity, var sample,
                var train]
                ? new ComparisonRow(
                    algorithm, int.Parse(seed, culture), int.Parse(epoch, culture), int.Parse(images, culture),
                        double.Parse(reward, culture),
                    heldOut.Length == 0 ? double.NaN
                        : double.Parse(heldOut, culture), double.Parse(diversity, culture), double.Parse(sample, culture),
                            double.Parse(train, culture))
                : throw new FormatException("it has another number of columns");
        }
        catch (FormatException error)
        {
            throw new EngineException($"the line '{line}' of results.csv cannot be read ({error.Message}); choose a new folder", error);
        }
    }
}
