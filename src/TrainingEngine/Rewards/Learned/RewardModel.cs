using System.Globalization;
using Labeler.Shared.Imaging;
using Labeler.Shared.Rewards;
using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>
/// A reward learned from judged pairs. Its file holds how often it was right about held-out pairs; it refuses to be used
/// where that cannot be told from guessing, and about new prompts where that cannot be told from guessing.
/// </summary>
public sealed class RewardModel : IReward
{
    private const int AtOnce = 32;
    private readonly RewardNetwork _network;
    private readonly KnownPrompts _prompts;

    internal RewardModel(RewardNetwork network, KnownPrompts prompts, LearningFigures figures, int learnedPairs) =>
        (_network, _prompts, Figures, LearnedPairs) = (network, prompts, figures, learnedPairs);

    /// <summary>How often it is right, about what, after how many pairs.</summary>
    public LearningFigures Figures { get; }

    /// <summary>Share of held-out pairs whose winner it gives the higher reward.</summary>
    public Proportion Accuracy => Figures.Votes.Share;

    /// <summary>Pairs that it has learned from.</summary>
    public int LearnedPairs { get; }

    /// <summary>True where it is right more often than guessing, by the lower end of its interval.</summary>
    public bool IsUsable => Accuracy.Low > 0.5;

    /// <inheritdoc />
    public string Name => $"learned reward, right on {Told(Accuracy)} held-out pairs";

    /// <summary>What sees the images; null where its own network does.</summary>
    internal ImageTower? Tower { get; init; }

    /// <summary>Under which name the model is found whose text encoder tells of prompts; null where prompts are only told apart.</summary>
    internal string? TextModel { get; init; }

    internal RewardNetwork Network => _network;

    internal KnownPrompts Prompts => _prompts;

    /// <summary>Writes weights, prompts and figures.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public void Save(string file) => RewardModelFile.Write(file, this);

    /// <summary>Reads a file.</summary>
    /// <param name="textModel">Loads the model of a name, for the text encoder; by itself, the folder of that name. Asked when a new prompt
    /// comes.</param>
    /// <exception cref="EngineException">It is none, or not better than guessing.</exception>
    public static RewardModel Load(string file, Func<string, StableDiffusion>? textModel = null)
    {
        var model = RewardModelFile.Read(file, textModel ?? (folder => StableDiffusion.Load(folder)));
        if (!model.IsUsable)
        {
            model.Dispose();
            throw new EngineException(
                $"{file} was right on {Told(model.Accuracy)} held-out pairs, which may be guessing; judge more pairs before it is used as "
                    + $"a reward");
        }
        return model;
    }

    /// <inheritdoc />
    public IReadOnlyList<double> Of(IReadOnlyList<Candidate> images, Action<string> report, CancellationToken stop)
    {
        using var untracked = no_grad();
        return [.. images.Chunk(AtOnce).SelectMany(some =>
        {
            using var scope = NewDisposeScope();
            var told = _prompts.Of([.. some.Select(image => image.Prompt)]);
            var seen = RewardExamples.Seen([.. some.Select(image => image.Open)], Tower, stop);
            return _network.Forward(seen, told).data<float>().ToArray().Select(value => (double)value);
        })];
    }

    /// <summary>How many winners of pairs that people judged it gives the higher reward.</summary>
    /// <param name="pictures">All images that the pairs number.</param>
    /// <exception cref="EngineException">It knows nothing about a prompt.</exception>
    internal Proportion RightAbout(IReadOnlyList<Func<Picture>> pictures, IReadOnlyList<JudgedPair> pairs, Action<string> report,
        CancellationToken stop)
    {
        var asked = pairs.SelectMany(pair => new[] { (pair.Prompt, Image: pair.Winner), (pair.Prompt, Image: pair.Loser) }).Distinct()
            .ToArray();
        var rewards = Of([.. asked.Select((one, place) => new Candidate(0, place, one.Prompt, pictures[one.Image]))], report, stop);
        var scored = asked.Zip(rewards).ToDictionary(one => one.First, one => one.Second);
        return Share(pairs.Select(pair => (pair.Group, scored[(pair.Prompt, pair.Winner)] > scored[(pair.Prompt, pair.Loser)])));
    }

    /// <summary>How often it is right, with an interval over groups: the pairs of one group share pictures.</summary>
    internal static Proportion Share(IEnumerable<(int Group, bool IsRight)> pairs) => Cluster.Share(
        pairs.GroupBy(pair => pair.Group).Select(of => new Cluster(of.Count(pair => pair.IsRight), of.Count(), 1, of.Count())));

    public void Dispose()
    {
        _network.Dispose();
        Tower?.Dispose();
    }

    /// <summary>As people read it: 81 of 100 (81.0 %, 95 % interval 72.2 to 87.5).</summary>
    internal static string Told(Proportion right) => string.Create(
        CultureInfo.InvariantCulture,
            $"{right.Count:0} of {right.Of:0} ({100 * right.Share:0.0} %, 95 % interval {100 * right.Low:0.0} to {100 * right.High:0.0})");

    internal static Picture Sized(Picture picture) =>
        picture is { Width: RewardNetwork.Side, Height: RewardNetwork.Side } ? picture
            : Thumbnail.Square(picture.ToPng(), RewardNetwork.Side);
}
