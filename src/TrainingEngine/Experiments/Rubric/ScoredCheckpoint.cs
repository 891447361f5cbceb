using System.Globalization;
using System.Text;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.Experiments.Rubric;

/// <summary>One checkpoint's scores at fixed or at random seeds.</summary>
/// <param name="Label">What its adapter learned from.</param>
/// <param name="Step">Optimizer steps; 0 is the base model.</param>
/// <param name="Results">Proportions and mean over pictures.</param>
public sealed record ScoredCheckpoint(int Label, int Step, RubricResults Results)
{
    /// <summary>The mirror report's scores as a project has them.</summary>
    public static IReadOnlyList<Choice> Scale => Labeler.Shared.Projects.Scale.Rubric;

    /// <summary>First line of the CSV file; shares are of 1.</summary>
    public static string CsvHeader { get; } =
        "label,step,seeds,pictures,scores,mean,mean_low,mean_high"
            + string.Concat(Scale.Select(choice => $",share_{choice.Name},low_{choice.Name},high_{choice.Name}"));

    /// <summary>Heading of the printed table.</summary>
    public static string TableHeader { get; } =
        "label   step  seeds   mean  95 % interval " + string.Concat(Scale.Select(choice => $"{"score " + choice.Name + " %",12}"));

    /// <summary>What a picture's scores give, by raters.</summary>
    /// <param name="scores">By picture and rater, each one of the scale.</param>
    public static ScoredCheckpoint Of(int label, int step, bool isFixed, IEnumerable<IReadOnlyList<int>> scores) =>
        new(label, step,
            RubricResults.Of(step, $"label {label}", isFixed, Scale,
                [.. scores.Select(picture => picture.Select(score => (Name(score), (double)score)).ToArray())]));

    /// <summary>A line of the CSV file.</summary>
    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Label},{Step},{Seeds(Results.IsFixed)},{Results.Pictures},{Results.Votes},"
        + $"{Results.Mean:0.####},{Results.Low:0.####},{Results.High:0.####}")
        + string.Concat(
            Results.Shares.Select(
                one => string.Create(CultureInfo.InvariantCulture,
                    $",{one.Share.Share:0.####},{one.Share.Low:0.####},{one.Share.High:0.####}")));

    /// <summary>A line of the printed table.</summary>
    public string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Label,5}  {Step,5}  {Seeds(Results.IsFixed),-6}  {Results.Mean,5:0.00}  {$"{Results.Low:0.00} to {Results.High:0.00}",-13} ")
        + string.Concat(Results.Shares.Select(one => string.Create(CultureInfo.InvariantCulture, $"{100 * one.Share.Share,12:0.0}")));

    /// <summary><c>fixed</c> or <c>random</c>.</summary>
    internal static string Seeds(bool isFixed) => isFixed ? "fixed" : "random";

    /// <summary>Keeps scores, a line a picture.</summary>
    internal static void Write(string file, IEnumerable<IReadOnlyList<int>> scores) =>
        AtomicFile.Write(file, Encoding.UTF8.GetBytes(string.Concat(scores.Select(picture => string.Join(',', picture) + "\n"))));

    /// <summary>Reads what <see cref="Write"/> kept.</summary>
    /// <exception cref="EngineException">The file is damaged.</exception>
    internal static int[][] Read(string file) => [.. File.ReadLines(file).Select(line =>
        Array.ConvertAll(line.Split(','),
            cell => MirrorRubric.Scores.Select(score => (int?)score).FirstOrDefault(score => Name(score!.Value) == cell)
            ?? throw new EngineException(
                $"the line '{line}' of {file} cannot be read; delete the file, and the checkpoint is scored again")))];

    private static string Name(int score) => score.ToString(CultureInfo.InvariantCulture);
}
