using System.Globalization;
using Labeler.Shared.Imaging;
using Labeler.Shared.Statistics;
using Labeler.Shared.Voting;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Experiments.Duels;

/// <summary>
/// Every two checkpoints meet on pictures of the same prompts and noise, which no training had, before raters who are not told
/// whose they are (D3PO, section 5.2.3).
/// </summary>
/// <param name="modelFolder">The base model.</param>
/// <param name="options">Of the duels.</param>
/// <param name="names">Of the checkpoints.</param>
/// <param name="seed">Of the run; other raters judge another run.</param>
internal sealed class DuelRound(string modelFolder, DuelOptions options, IReadOnlyList<string> names, int seed)
{
    private const int MeetingsOnSheet = 20, MeetingsInRow = 2, BeforeAndAfter = 20, InRow = 10, CaptionHeight = 28;
    private readonly List<(IReadOnlyList<Picture> Pictures, IReadOnlyList<Judgement> Seen)> _contestants = [];

    /// <summary>Samples a checkpoint's pictures; checkpoints come in the order of the names.</summary>
    /// <param name="policy">Weights or adapter; null for the base model.</param>
    /// <param name="stop">Looked at between batches.</param>
    /// <returns>What the oracle says of them, a line.</returns>
    public string Enter(string? policy, CancellationToken stop)
    {
        StableDiffusion model = StableDiffusion.Load(modelFolder);
        using ModelPatch? patch = policy is null ? null : new ModelPatch(model, policy);
        using var workers = new ComputeThreads(Environment.ProcessorCount, 1);
        string[] prompts = [.. Enumerable.Range(0, options.EvaluationImages).Select(DuelOptions.Mirrors.Prompt)];
        IReadOnlyList<Picture> pictures = EvaluationImages.Sample(model, prompts, options.Steps, options.Guidance, workers, stop);
        Judgement[] seen = [.. pictures.Select(picture => Oracle.Judge(picture, SceneFamily.Mirror))];
        string name = names[_contestants.Count];
        _contestants.Add((pictures, seen));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}, seed {seed}: {100.0 * seen.Count(one => one.IsGood) / seen.Length:0.0} % right, mean score "
                + $"{seen.Average(one => one.Score):0.00}, diversity {Diversity.Of(pictures):0.000}");
    }

    /// <summary>All meetings, image after image.</summary>
    public IReadOnlyList<DuelMeeting> Judge()
    {
        SimulatedAnnotator[] raters = SimulatedAnnotator.Several(options.Raters, options.InDuels(seed));
        var meetings = new List<DuelMeeting>();
        for (int image = 0; image < options.EvaluationImages; image++)
        {
            for (int first = 0; first < _contestants.Count; first++)
            {
                for (int second = first + 1; second < _contestants.Count; second++)
                {
                    long number = meetings.Count;
                    PairPick[] picks =
                        [.. raters.Select(rater => rater.Pick(_contestants[first].Seen[image], _contestants[second].Seen[image], number))];
                    int Count(PairPick pick) => picks.Count(one => one == pick);
                    meetings.Add(
                        new DuelMeeting(first, second, Count(PairPick.Left), Count(PairPick.Right), Count(PairPick.Tie),
                            Count(PairPick.BothBad), PictureOf(image)));
                }
            }
        }

        return meetings;
    }

    // Of another seed the same number is another picture.
    private long PictureOf(int image) => ((long)seed << 32) + image;

    /// <summary>Checkpoints beside each other under their names, a row or half a row for each noise, with what the oracle sees.</summary>
    public Picture MeetingSheet()
    {
        int meetings = Math.Min(MeetingsOnSheet, options.EvaluationImages), together = Math.Min(MeetingsInRow, meetings);
        var heads = Enumerable.Repeat(names, together).SelectMany(row => row.Select(name => new ContactSheet.Cell(null, name)));
        return new ContactSheet(_contestants.Count * together, CaptionHeight: CaptionHeight).Draw(
            [.. heads,
                .. Enumerable.Range(0, meetings)
                    .SelectMany(
                        image => _contestants.Select(one => new ContactSheet.Cell(one.Pictures[image], one.Seen[image].ToText())))]);
    }

    /// <summary>The base model's pictures above those that the last checkpoint makes of the same noise.</summary>
    public Picture BeforeAfterSheet()
    {
        int[][] rows = [.. Enumerable.Range(0, Math.Min(BeforeAndAfter, options.EvaluationImages)).Chunk(InRow)];
        return new ContactSheet(rows[0].Length + 1, CaptionHeight: CaptionHeight).Draw(
            [.. rows.SelectMany(row => new[] { 0, _contestants.Count - 1 }.SelectMany(number =>
            Enumerable.Range(0, rows[0].Length)
                .Select(cell =>
                    cell < row.Length
                        ? new ContactSheet.Cell(_contestants[number].Pictures[row[cell]], _contestants[number].Seen[row[cell]].ToText())
                            : default)
                .Prepend(new ContactSheet.Cell(null, names[number]))))]);
    }
}
