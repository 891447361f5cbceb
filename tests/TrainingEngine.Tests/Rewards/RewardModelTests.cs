using Labeler.Shared.Data;
using Labeler.Shared.Exports;
using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Rewards.Learned;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Rewards;

public sealed class RewardModelTests : IDisposable
{
    private static readonly RewardModelOptions Quick = new() { InnerEpochs = 8, LearningRate = 3e-3, HeldOutShare = 0.4 };
    private readonly TemporaryFolder _folder = new();

    public RewardModelTests() => TorchExtensions.SetThreads(1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_loss_is_bradley_and_terrys_and_so_is_its_gradient()
    {
        using var scope = NewDisposeScope();
        var winners = tensor(new float[] { 1, -0.5f }).requires_grad_();
        var loss = BradleyTerry.Loss(winners, tensor(new float[] { 0.2f, 0.1f }), tensor(new float[] { 1, 3 }));
        double Chance(double difference) => 1 / (1 + Math.Exp(-difference));

        Assert.Equal((-Math.Log(Chance(0.8)) - (3 * Math.Log(Chance(-0.6)))) / 4, loss.item<float>(), 5);
        var gradient = autograd.grad([loss], [winners])[0].data<float>().ToArray();
        Assert.Equal((Chance(0.8) - 1) / 4, gradient[0], 5);
        Assert.Equal(3 * (Chance(-0.6) - 1) / 4, gradient[1], 5);
    }

    [Fact]
    public void It_learns_what_people_like_and_is_right_about_groups_that_it_has_not_seen()
    {
        var (pictures, pairs) = BrighterIsBetter(30);
        using var model = RewardModelTraining.Run(pictures, pairs, Quick, _ => { }, CancellationToken.None);

        Assert.True(model.IsUsable);
        Assert.Equal(12 * 3, model.Accuracy.Of);
        Assert.True(model.Accuracy.Share > 0.9, $"{model.Accuracy}");

        model.Save(_folder.File("reward.safetensors"));
        using var loaded = RewardModel.Load(_folder.File("reward.safetensors"));
        var scores = Of(loaded, 40, 200);
        Assert.Equal(Of(model, 40, 200), scores);
        Assert.True(scores[1] > scores[0]);
        Assert.Equal(model.Accuracy, loaded.Accuracy);
    }

    [Fact]
    public void A_model_that_may_be_guessing_is_refused_as_a_reward()
    {
        var (pictures, pairs) = BrighterIsBetter(30);
        var random = new Random(1);
        JudgedPair[] guesses = [.. pairs.Select(pair => random.Next(2) == 0 ? pair : pair with { Winner = pair.Loser, Loser = pair.Winner })];
        using var model = RewardModelTraining.Run(pictures, guesses, Quick with { InnerEpochs = 1 }, _ => { }, CancellationToken.None);
        model.Save(_folder.File("reward.safetensors"));

        Assert.False(model.IsUsable);
        Assert.Contains("may be guessing", Assert.Throws<EngineException>(() => RewardName.Parse("model:" + _folder.File("reward.safetensors"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_of_one_group_are_never_on_both_sides()
    {
        var (pictures, pairs) = BrighterIsBetter(5);
        using var model = RewardModelTraining.Run(pictures, pairs, Quick with { InnerEpochs = 1, HeldOutShare = 0.4 }, _ => { }, CancellationToken.None);

        Assert.Equal(2 * 3, model.Accuracy.Of);
        Assert.Equal(3 * 3, model.LearnedPairs);
        Assert.Contains("too few", Assert.Throws<EngineException>(() => RewardModelTraining.Run(pictures, pairs[..3], Quick, _ => { }, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_that_it_has_not_learned_is_refused()
    {
        var (pictures, pairs) = BrighterIsBetter(5);
        using var model = RewardModelTraining.Run(pictures, pairs, Quick with { InnerEpochs = 1 }, _ => { }, CancellationToken.None);

        Assert.Contains("nothing about the prompt 'a horse'", Assert.Throws<EngineException>(() =>
            model.Of([Candidates.Of(1)[0] with { Prompt = "a horse" }], _ => { }, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pairs_that_the_application_exported_are_read_with_their_images()
    {
        var store = new FolderStore(new DataFolder(_folder.File("data")).Files);
        var (pictures, _) = BrighterIsBetter(2);
        var hashes = new List<string>();
        foreach (var open in pictures)
        {
            hashes.Add(await store.Put(open().ToPng()));
        }
        ManifestGroup Group(long id, int first, params ManifestPreference[] pairs) => new(id, "a cat", 1, null, [.. hashes.Skip(first).Take(3)], pairs, []);
        var manifest = new Manifest(1, "p", 1, "m", null, "d3po", new(), new(), [Group(7, 0, new ManifestPreference(2, 0, 0.5), new ManifestPreference(1, 0, 1)), Group(9, 3, new ManifestPreference(0, 1, 1))]);
        await using (var file = File.CreateText(_folder.File("pairs.jsonl")))
        {
            await PairExport.WriteJsonLines(manifest, file);
        }

        var (images, read) = ExportedPairs.Read(_folder.File("pairs.jsonl"), _folder.File("data"));

        Assert.Equal(5, images.Count);
        Assert.Equal([(0, 0.5), (0, 1), (1, 1)], read.Select(pair => (pair.Group, pair.Weight)));
        Assert.Equal(pictures[2]().Rgb, images[read[0].Winner]().Rgb);
        Assert.Equal(pictures[0]().Rgb, images[read[0].Loser]().Rgb);
        Assert.Equal(pictures[4]().Rgb, images[read[2].Loser]().Rgb);

        File.Delete(store.PathOf(hashes[1]));
        Assert.Contains("pairs.jsonl, line 2: the image", Assert.Throws<EngineException>(() => ExportedPairs.Read(_folder.File("pairs.jsonl"), _folder.File("data"))).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("wrong.jsonl"), "{\"group\": 1}");
        Assert.Contains("wrong.jsonl, line 1", Assert.Throws<EngineException>(() => ExportedPairs.Read(_folder.File("wrong.jsonl"), _folder.File("data"))).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<double> Of(RewardModel model, params byte[] greys) => model.Of(Candidates.Of(greys), _ => { }, CancellationToken.None);

    // Groups of three noisy images; the brighter one is preferred.
    private static (Func<Picture>[] Pictures, JudgedPair[] Pairs) BrighterIsBetter(int groups)
    {
        var random = new Random(7);
        int[] brightness = [.. Enumerable.Range(0, groups * 3).Select(_ => random.Next(30, 220))];
        Func<Picture>[] pictures = [.. brightness.Select((bright, number) => (Func<Picture>)(() =>
        {
            var noise = new Random(number);
            var rgb = new byte[64 * 64 * 3];
            for (var at = 0; at < rgb.Length; at++)
            {
                rgb[at] = (byte)(bright + noise.Next(-30, 31));
            }
            return new Picture(64, 64, rgb);
        }))];
        JudgedPair[] pairs = [.. from @group in Enumerable.Range(0, groups)
                                 from first in Enumerable.Range(0, 3)
                                 from second in Enumerable.Range(0, 3)
                                 let a = (@group * 3) + first
                                 let b = (@group * 3) + second
                                 where brightness[a] > brightness[b] || (brightness[a] == brightness[b] && a > b)
                                 select new JudgedPair(@group, "a cat", a, b)];
        return (pictures, pairs);
    }
}
