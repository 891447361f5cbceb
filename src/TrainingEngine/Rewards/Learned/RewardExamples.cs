using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>Pictures and prompts of judged pairs as a reward network takes them. The tensors belong to the scope they were made
/// in.</summary>
internal sealed class RewardExamples
{
    private const int AtOnce = 16;
    private readonly Tensor _images, _texts;
    private readonly Dictionary<string, int> _numbers;

    private RewardExamples(Tensor images, Tensor texts, string[] prompts, RewardShape shape)
    {
        (_images, _texts, Prompts, Shape) = (images, texts, prompts, shape);
        _numbers = prompts.Select((prompt, number) => (prompt, number)).ToDictionary(one => one.prompt, one => one.number);
    }

    public RewardShape Shape { get; }

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<string> Prompts { get; }

    /// <summary>What is kept of each prompt in the model's file.</summary>
    public IReadOnlyList<(string Prompt, float[] Features)> Rows =>
        [.. Prompts.Select((prompt, number) => (prompt, _texts[number].data<float>().ToArray()))];

    public static RewardExamples Of(IReadOnlyList<Func<Picture>> pictures, IReadOnlyList<JudgedPair> pairs, RewardInputs inputs,
        ImageTower? tower, CancellationToken stop)
    {
        string[] prompts = [.. pairs.Select(pair => pair.Prompt).Distinct().Order(StringComparer.Ordinal)];
        var texts = inputs.Texts is { } model ? PromptFeatures.Of(model, prompts) : eye(prompts.Length);
        var images = cat([.. pictures.Chunk(AtOnce).Select(some => Seen(some, tower, stop))], 0);
        return new(
            images, texts, prompts, new RewardShape(texts.shape[1], inputs.Texts is not null, tower is null ? null : images.shape[1]));
    }

    /// <summary>[n, 3, 64, 64] of −1 to 1, or [n, features] of the tower.</summary>
    public static Tensor Seen(IReadOnlyList<Func<Picture>> pictures, ImageTower? tower, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return tower is not null
            ? tower.Of([.. pictures.Select(open => open())])
            : Pixels.ToTensor([.. pictures.Select(open => RewardModel.Sized(open()))]);
    }

    /// <summary>Tells a new network how its frozen features are spread in what it learns from.</summary>
    public void Center(RewardNetwork network, IReadOnlyList<JudgedPair> learned)
    {
        using var scope = NewDisposeScope();
        var prompts = learned.Select(pair => (long)_numbers[pair.Prompt]).Distinct().Order();
        var images = learned.SelectMany(pair => new[] { (long)pair.Winner, pair.Loser }).Distinct().Order();
        network.Center(
            _texts.index_select(0, tensor(prompts.ToArray(), ScalarType.Int64)),
            _images.index_select(0, tensor(images.ToArray(), ScalarType.Int64)));
    }

    /// <summary>Scores of the winners and of the losers, each [n].</summary>
    public (Tensor Winners, Tensor Losers) Scores(RewardNetwork network, IReadOnlyList<JudgedPair> pairs)
    {
        var rows = tensor([.. pairs.Select(pair => (long)pair.Winner), .. pairs.Select(pair => (long)pair.Loser)], ScalarType.Int64);
        long[] asked = [.. pairs.Select(pair => (long)_numbers[pair.Prompt])];
        var scores = network.Forward(
            _images.index_select(0, rows), _texts.index_select(0, tensor([.. asked, .. asked], ScalarType.Int64)))
            .split([pairs.Count, pairs.Count]);
        return (scores[0], scores[1]);
    }
}
