using Labeler.Shared.Imaging;
using Labeler.Shared.Rewards;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Rewards.Learned;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Rewards;

/// <summary>Reward models that know prompts by the model's own text encoder, and images by a tower.</summary>
public sealed class NewPromptsTests : IDisposable
{
    private static readonly string[] Words = ["a cat", "a dog", "a hand", "cat dog", "dog hand", "a hand cat", "hand hand", "dog a"];
    private static readonly RewardModelOptions Quick = new() { InnerEpochs = 8, LearningRate = 3e-3, HeldOutShare = 0.3 };
    private readonly TemporaryFolder _folder = new();
    private readonly StableDiffusion _model;

    public NewPromptsTests()
    {
        TorchExtensions.SetThreads(1);
        _model = StableDiffusion.Load(TinyModel.Write(_folder.File("tiny")));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_measured_on_prompts_that_it_never_saw_and_then_judges_new_ones_from_its_file()
    {
        using var model = Learned(prompt => true);
        var right = model.Figures.NewPrompts!;
        Assert.True(right.Share.Low > 0.6, $"{right}");
        Assert.Equal(Words.Length * 5 * 3, right.Of);

        model.Save(_folder.File("reward.safetensors"));
        using var loaded = RewardModel.Load(_folder.File("reward.safetensors"), folder => folder == "tiny" ? _model : throw new InvalidOperationException(folder));
        var scores = Of(loaded, "dog cat hand", 40, 200);
        Assert.True(scores[1] > scores[0]);
        Assert.Equal(Of(model, "a cat", 40, 200), Of(loaded, "a cat", 40, 200));
        Assert.Equal(Of(model, "dog cat hand", 40, 200), scores);
        using var file = File.OpenRead(_folder.File("reward.safetensors"));
        Assert.Equal(right, LearningFigures.Read(file)!.NewPrompts);
    }

    [Fact]
    public void A_prompt_decides_which_of_two_images_is_better()
    {
        using var model = Learned(prompt => prompt.Contains("hand", StringComparison.Ordinal), Quick with { InnerEpochs = 40, PairsPerStep = 8, PromptFolds = 2, Curve = false });
        Assert.True(model.Accuracy.Low > 0.5, $"{model.Accuracy}");
        var (hand, cat) = (Of(model, "a hand", 40, 200), Of(model, "a cat", 40, 200));
        Assert.True(hand[1] > hand[0]);
        Assert.True(cat[1] < cat[0]);
    }

    [Fact]
    public void Where_new_prompts_may_be_guessed_a_new_prompt_is_refused_and_known_ones_are_not()
    {
        // What a prompt asks for has nothing to do with its words.
        using var model = Learned(prompt => Array.IndexOf(Words, prompt) is 0 or 3 or 5 or 6);
        Assert.False(model.Figures.KnowsNewPrompts, $"{model.Figures.NewPrompts}");
        Assert.Equal(2, Of(model, "a cat", 40, 200).Count);
        Assert.Contains("which may be guessing", Assert.Throws<EngineException>(() => Of(model, "dog cat hand", 40)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_text_encoder_than_it_learned_with_is_refused()
    {
        using var model = Learned(prompt => true);
        model.Save(_folder.File("reward.safetensors"));
        var other = StableDiffusion.Load(TinyModel.Write(_folder.File("other")));
        using (var _ = no_grad())
        {
            other.TextEncoders[0].Parameters["text_model.embeddings.token_embedding.weight"].normal_();
        }
        using var loaded = RewardModel.Load(_folder.File("reward.safetensors"), _ => other);
        Assert.Contains("text encoder is another", Assert.Throws<EngineException>(() => Of(loaded, "dog cat hand", 40)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_curve_grows_with_the_pairs_and_ends_at_the_model_itself()
    {
        using var model = Learned(prompt => true);
        var (curve, learned) = (model.Figures.Curve, Words.Length * 5 * 7 / 10);
        Assert.Equal([learned / 8, learned / 4, learned / 2, learned], curve.Select(point => point.Groups));
        Assert.Equal(model.Figures.Votes, curve[^1].Right);
        Assert.Equal(model.LearnedPairs, curve[^1].Pairs);
        var gain = model.Figures.Doubling!;
        Assert.InRange(gain.Mean, gain.Low, gain.High);
        Assert.Equal((curve[^1].Right.Share.Share - curve[^3].Right.Share.Share) / 2, gain.Mean, 6);
        Assert.Contains($"after {curve[0].Pairs} pairs of {curve[0].Groups} groups", LearningReport.Of(model.Figures).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_tower_sees_the_images_and_must_be_the_same_file_afterwards()
    {
        Tower("means.pt", "torch.mean(x, [2, 3])");
        var (pictures, pairs) = Judged(_ => true);
        using (var model = RewardModelTraining.Run(pictures, pairs, Quick with { Curve = false }, _ => { }, CancellationToken.None, new(_model, "tiny", _folder.File("means.pt"))))
        {
            Assert.True(model.Accuracy.Low > 0.7, $"{model.Accuracy}");
            Assert.DoesNotContain("conv0.weight", model.Network.Weights.Keys);
            model.Save(_folder.File("reward.safetensors"));
            using var loaded = RewardModel.Load(_folder.File("reward.safetensors"), _ => _model);
            Assert.Equal(Of(model, "a cat", 40, 200), Of(loaded, "a cat", 40, 200));
        }
        Tower("means.pt", "torch.mul(torch.mean(x, [2, 3]), 2)");
        Assert.Contains("another image tower", Assert.Throws<EngineException>(() => RewardModel.Load(_folder.File("reward.safetensors"))).Message, StringComparison.Ordinal);
        File.Delete(_folder.File("means.pt"));
        Assert.Contains("not there any more", Assert.Throws<EngineException>(() => RewardModel.Load(_folder.File("reward.safetensors"))).Message, StringComparison.Ordinal);
        Tower("wrong.pt", "x");
        Assert.Contains("an image tower gives", Assert.Throws<EngineException>(() => RewardModelTraining.Run(pictures, pairs, Quick, _ => { }, CancellationToken.None, new(Tower: _folder.File("wrong.pt")))).Message, StringComparison.Ordinal);
    }

    private RewardModel Learned(Func<string, bool> likesBright, RewardModelOptions? options = null)
    {
        var (pictures, pairs) = Judged(likesBright);
        return RewardModelTraining.Run(pictures, pairs, options ?? Quick, _ => { }, CancellationToken.None, new(_model, "tiny"));
    }

    private void Tower(string name, string gives) => ScriptArchive.Write(_folder.File(name), $"return {gives}");

    private static IReadOnlyList<double> Of(RewardModel model, string prompt, params byte[] greys) =>
        model.Of([.. Candidates.Of(greys).Select(one => one with { Prompt = prompt })], _ => { }, CancellationToken.None);

    // Five groups of three noisy images for each prompt; which of two is better, the brighter or the darker, is the prompt's.
    private static (Func<Picture>[] Pictures, JudgedPair[] Pairs) Judged(Func<string, bool> likesBright)
    {
        var random = new Random(7);
        int[] brightness = [.. Enumerable.Range(0, Words.Length * 5 * 3).Select(_ => random.Next(30, 220))];
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
        JudgedPair[] pairs = [.. from @group in Enumerable.Range(0, Words.Length * 5)
                                 from pair in new[] { (0, 1), (0, 2), (1, 2) }
                                 let prompt = Words[@group % Words.Length]
                                 let a = (@group * 3) + pair.Item1
                                 let b = (@group * 3) + pair.Item2
                                 let first = (brightness[a] + (a / 1000.0) > brightness[b] + (b / 1000.0)) == likesBright(prompt)
                                 select new JudgedPair(@group, prompt, first ? a : b, first ? b : a)];
        return (pictures, pairs);
    }
}
