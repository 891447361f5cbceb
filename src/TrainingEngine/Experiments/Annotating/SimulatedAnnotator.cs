using Labeler.Shared.Imaging;
using Labeler.Shared.Voting;
using Labeler.TrainingEngine.MirrorWorld.Drawing;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.Experiments.Annotating;

/// <summary>How a simulated annotator errs.</summary>
/// <param name="WrongShare">Share of verdicts that are turned round, 0 to 1.</param>
/// <param name="TieShare">Share of comparisons called a tie whatever is seen, 0 to 1.</param>
/// <param name="Seed">Decides which; annotators of one project need different seeds.</param>
public sealed record AnnotatorOptions(double WrongShare = 0, double TieShare = 0, long Seed = 0)
{
    /// <summary>Annotators of one crew of a run have seeds of their own up to here.</summary>
    public const int MostOfCrew = 100;

    private const int SeedsOfRun = 1000;

    /// <summary>The first annotator of one crew of a run; no two crews or runs share one.</summary>
    /// <param name="run">The run's seed.</param>
    /// <param name="crew">From 0 to 9.</param>
    public AnnotatorOptions First(int run, int crew) => this with { Seed = ((long)run * SeedsOfRun) + (crew * MostOfCrew) };

    /// <exception cref="EngineException">A share is not between 0 and 1.</exception>
    public void Check()
    {
        foreach ((string name, double share) in new[] { ("wrong labels", WrongShare), ("ties", TieShare) })
        {
            if (share is not (>= 0 and <= 1))
            {
                throw new EngineException($"the share of {name} is {share}; 0 to 1 is possible");
            }
        }
    }
}

/// <summary>
/// An annotator who sees what the <see cref="Oracle"/> sees, and errs as told. An image's number decides whether it is
/// judged wrongly, so the same image gets the same verdict however often and in whatever order it is asked for.
/// </summary>
public sealed class SimulatedAnnotator
{
    private readonly AnnotatorOptions _options;

    /// <exception cref="EngineException">See <see cref="AnnotatorOptions.Check"/>.</exception>
    public SimulatedAnnotator(AnnotatorOptions options)
    {
        options.Check();
        _options = options;
    }

    /// <summary>Several of them, each of whom errs about other images.</summary>
    /// <param name="count">How many.</param>
    /// <param name="options">Annotator r has the seed of this plus r.</param>
    public static SimulatedAnnotator[] Several(int count, AnnotatorOptions options) =>
        [.. Enumerable.Range(0, count).Select(number => new SimulatedAnnotator(options with { Seed = options.Seed + number }))];

    /// <summary>True if the image is to be flagged: deformed, unsafe, or wrongly reflected.</summary>
    public bool Flags(Picture picture, SceneFamily family, long number) =>
        !Oracle.Judge(picture, family).IsGood ^ Random(number, 0).Chance(_options.WrongShare);

    /// <summary>The mirror report's score; a wrong one is any of the other scores.</summary>
    public int Score(Picture picture, long number)
    {
        int score = Oracle.Judge(picture, SceneFamily.Mirror).Score;
        SceneRandom random = Random(number, 1);
        return random.Chance(_options.WrongShare)
            ? random.Pick([.. MirrorRubric.Scores.Where(other => other != score)])
            : score;
    }

    /// <summary>The mirror report's category; a wrong one is either of the others.</summary>
    public int Label(Picture picture, long number)
    {
        int label = Oracle.Judge(picture, SceneFamily.Mirror).Label;
        SceneRandom random = Random(number, 1);
        return random.Chance(_options.WrongShare)
            ? random.Pick([.. MirrorRubric.Labels.Where(other => other != label)])
            : label;
    }

    /// <summary>
    /// 1 if the left image is better, −1 if the right one is, 0 for a tie; equally good images are a tie. A wrong verdict
    /// prefers the worse image, or either of two that are equally good.
    /// </summary>
    /// <param name="left">What the oracle says of the left image.</param>
    /// <param name="right">What the oracle says of the right image.</param>
    /// <param name="number">The comparison's number.</param>
    public int Prefer(Judgement left, Judgement right, long number)
    {
        SceneRandom random = Random(number, 2);
        if (random.Chance(_options.TieShare))
        {
            return 0;
        }

        int better = Worth(left).CompareTo(Worth(right));
        return !random.Chance(_options.WrongShare) ? better : better != 0 ? -better : random.Pick([1, -1]);
    }

    /// <summary>What the annotator says of a pair: whom neither of two images pleases calls them both bad where neither is good, else a
    /// tie.</summary>
    /// <inheritdoc cref="Prefer" path="/param"/>
    public PairPick Pick(Judgement left, Judgement right, long number) => Prefer(left, right, number) switch
    {
        > 0 => PairPick.Left,
        < 0 => PairPick.Right,
        _ => left.IsGood || right.IsGood ? PairPick.Tie : PairPick.BothBad,
    };

    /// <summary>Images from the best to the worst by their indexes, equally good ones together. Each is put before the first that it is
    /// preferred to, so an annotator errs as often as in as many comparisons.</summary>
    /// <param name="images">What the oracle says of each.</param>
    /// <param name="number">The ranking's number.</param>
    public IReadOnlyList<IReadOnlyList<int>> Rank(IReadOnlyList<Judgement> images, long number)
    {
        var order = new List<List<int>>();
        for (int image = 0; image < images.Count; image++)
        {
            int Against(List<int> tied) =>
                Prefer(images[image], images[tied[0]], (((number * images.Count) + image) * images.Count) + tied[0]);
            int place = order.FindIndex(tied => Against(tied) >= 0);
            if (place >= 0 && Against(order[place]) == 0)
            {
                order[place].Add(image);
            }
            else
            {
                order.Insert(place < 0 ? order.Count : place, [image]);
            }
        }

        return order;
    }

    private static int Worth(Judgement judgement) => judgement.Family == SceneFamily.Mirror ? judgement.Score : judgement.IsGood ? 1 : 0;

    private SceneRandom Random(long number, int question) => new((_options.Seed * 3) + question, number);
}
