using System.Globalization;
using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>
/// A reward learned from judged pairs. Its file holds how often it was right about held-out pairs; it refuses to be used
/// where that cannot be told from guessing.
/// </summary>
public sealed class RewardModel : IReward
{
    private const string Format = "labeler-reward-1";
    private const int AtOnce = 32;
    private readonly RewardNetwork _network;
    private readonly string[] _prompts;

    internal RewardModel(RewardNetwork network, string[] prompts, Proportion accuracy, int learnedPairs) =>
        (_network, _prompts, Accuracy, LearnedPairs) = (network, prompts, accuracy, learnedPairs);

    /// <summary>Share of held-out pairs whose winner it gives the higher reward.</summary>
    public Proportion Accuracy { get; }

    /// <summary>Pairs that it has learned from.</summary>
    public int LearnedPairs { get; }

    /// <summary>True where it is right more often than guessing, by the lower end of its interval.</summary>
    public bool IsUsable => Accuracy.Low > 0.5;

    /// <inheritdoc />
    public string Name => $"learned reward, right on {Told(Accuracy)} held-out pairs";

    /// <summary>Writes weights, prompts and accuracy.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    public void Save(string file) => SafeTensors.Write(file, _network.Weights, new Dictionary<string, string>
    {
        ["format"] = Format,
        ["prompts"] = JsonSerializer.Serialize(_prompts),
        ["right"] = Accuracy.Count.ToString(CultureInfo.InvariantCulture),
        ["of"] = Accuracy.Of.ToString(CultureInfo.InvariantCulture),
        ["learned_pairs"] = LearnedPairs.ToString(CultureInfo.InvariantCulture),
    });

    /// <summary>Reads a file.</summary>
    /// <exception cref="EngineException">It is none, or not better than guessing.</exception>
    public static RewardModel Load(string file)
    {
        RewardModel model;
        using (var saved = SafeTensors.Open(file))
        {
            if (saved.Metadata.GetValueOrDefault("format") != Format)
            {
                throw new EngineException($"{file} is no reward model of this program; make one with: engine train reward-model");
            }
            try
            {
                var prompts = JsonSerializer.Deserialize<string[]>(saved.Metadata["prompts"]) ?? [];
                model = new RewardModel(
                    RewardNetwork.Load(file, prompts.Length), prompts, Proportion.Wilson(Number(saved, "right"), Number(saved, "of")),
                        Number(saved, "learned_pairs"));
            }
            catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException or OverflowException)
            {
                throw new EngineException($"{file}: its metadata are damaged ({error.Message})", error);
            }
        }
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
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var pixels = cat([.. some.Select(image => Pixels.ToTensor([Sized(image.Open())]))]);
            var asked = tensor(Array.ConvertAll(some, image => (long)NumberOf(image.Prompt)), ScalarType.Int64);
            return _network.Forward(pixels, asked).data<float>().ToArray().Select(value => (double)value);
        })];
    }

    /// <summary>How many winners of pairs that people judged it gives the higher reward.</summary>
    /// <param name="pictures">All images that the pairs number.</param>
    /// <exception cref="EngineException">It knows nothing about a prompt.</exception>
    internal int RightAbout(IReadOnlyList<Func<Picture>> pictures, IReadOnlyList<JudgedPair> pairs, Action<string> report,
        CancellationToken stop)
    {
        var asked = pairs.SelectMany(pair => new[] { (pair.Prompt, Image: pair.Winner), (pair.Prompt, Image: pair.Loser) }).Distinct()
            .ToArray();
        var rewards = Of([.. asked.Select((one, place) => new Candidate(0, place, one.Prompt, pictures[one.Image]))], report, stop);
        var scored = asked.Zip(rewards).ToDictionary(one => one.First, one => one.Second);
        return pairs.Count(pair => scored[(pair.Prompt, pair.Winner)] > scored[(pair.Prompt, pair.Loser)]);
    }

    public void Dispose() => _network.Dispose();

    /// <summary>As people read it: 81 of 100 (81.0 %, 95 % interval 72.2 to 87.5).</summary>
    internal static string Told(Proportion right) => string.Create(
        CultureInfo.InvariantCulture,
            $"{right.Count:0} of {right.Of:0} ({100 * right.Share:0.0} %, 95 % interval {100 * right.Low:0.0} to {100 * right.High:0.0})");

    internal static Picture Sized(Picture picture) =>
        picture is { Width: RewardNetwork.Side, Height: RewardNetwork.Side } ? picture
            : Thumbnail.Square(picture.ToPng(), RewardNetwork.Side);

    private int NumberOf(string prompt) => Array.IndexOf(_prompts, prompt) is >= 0 and var number
        ? number
        : throw new EngineException(
            $"the reward model has learned nothing about the prompt '{prompt}'; it knows {_prompts.Length} prompts");

    private static int Number(SafeTensors file, string name) =>
        int.Parse(file.Metadata[name], NumberStyles.None, CultureInfo.InvariantCulture);
}
