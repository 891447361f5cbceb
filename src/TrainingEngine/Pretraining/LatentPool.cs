using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Pretraining;

/// <summary>Scenes as the trained autoencoder sees them, computed once: the U-Net's training data.</summary>
/// <param name="Means">[N, C, h, w], scaled to unit variance.</param>
/// <param name="Deviations">[N, C, h, w], of each latent's own distribution, scaled likewise.</param>
/// <param name="Prompts">int64 [N], places in <paramref name="Texts"/>.</param>
/// <param name="Texts">The prompts that occur.</param>
/// <param name="Scale">What latents were multiplied by: the model's scaling factor.</param>
public sealed record LatentPool(Tensor Means, Tensor Deviations, Tensor Prompts, string[] Texts, double Scale)
{
    private const int Batch = 16;

    /// <summary>Draws and encodes scenes beyond those that the autoencoder was trained on.</summary>
    public static LatentPool Encode(AutoencoderKL vae, PretrainOptions options, string[] texts, ComputeThreads workers, Action<int> report,
        CancellationToken cancel)
    {
        var first = (long)options.VaeSteps * options.VaeBatch;
        var (means, deviations, prompts) = (new List<Tensor>(), new List<Tensor>(), new List<long>());
        workers.Run((options.Scenes + Batch - 1) / Batch, job =>
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            var scenes = Enumerable.Range(job * Batch, Math.Min(Batch, options.Scenes - job * Batch))
                .Select(n => Scene.Draw(options.Seed, first + n, size: (int)vae.Config.SampleSize, flaws: options.Flaws)).ToArray();
            var (mean, logVariance) = vae.Encode(Pixels.ToTensor([.. scenes.Select(scene => scene.Picture)]));
            return (mean.DetachFromDisposeScope(), (0.5 * logVariance).exp().DetachFromDisposeScope(),
                scenes.Select(scene => (long)Array.IndexOf(texts, scene.Prompt)).ToArray());
        }, (job, found) =>
        {
            means.Add(found.Item1);
            deviations.Add(found.Item2);
            prompts.AddRange(found.Item3);
            report(found.Item3.Length);
        }, cancel);
        using var outer = NewDisposeScope();
        using var unrecorded = no_grad();
        var all = cat(means, 0);
        var scale = 1 / all.std().item<float>();
        var pool =
            new LatentPool((all * scale).DetachFromDisposeScope(), (cat(deviations, 0) * scale).DetachFromDisposeScope(),
                tensor(prompts.ToArray()).DetachFromDisposeScope(), texts, scale);
        means.Concat(deviations).ToList().ForEach(tensor => tensor.Dispose());
        return pool;
    }

    public void Save(string file) => SafeTensors.Write(
        file, new Dictionary<string, Tensor> { ["means"] = Means, ["deviations"] = Deviations, ["prompts"] = Prompts },
        new Dictionary<string, string> { ["scale"] = Scale.ToString("R", System.Globalization.CultureInfo.InvariantCulture) });

    /// <param name="file">What <see cref="Save"/> wrote.</param>
    /// <param name="texts">The prompts that occur.</param>
    /// <param name="scenes">How many scenes it must hold.</param>
    /// <param name="vae">The autoencoder whose latents they must be.</param>
    /// <exception cref="EngineException">The file is damaged or of another run; lists what is wrong.</exception>
    public static LatentPool Load(string file, string[] texts, int scenes, VaeConfig vae)
    {
        const string StartOver = "delete the file to compute it again";
        using var saved = SafeTensors.Open(file);
        var side = vae.SampleSize / vae.Factor;
        long[] latents = [scenes, vae.LatentChannels, side, side];
        saved.Require(StartOver, ("means", latents), ("deviations", latents), ("prompts", [scenes]));
        if (!double.TryParse(saved.Metadata.GetValueOrDefault("scale"), System.Globalization.CultureInfo.InvariantCulture, out var scale))
        {
            throw new EngineException($"{file}: does not say how its latents are scaled; {StartOver}");
        }

        using var stored = saved.Read("prompts");
        var prompts = stored.to(int64, copy: true);
        if (prompts.data<long>().ToArray().Any(prompt => prompt < 0 || prompt >= texts.Length))
        {
            throw new EngineException($"{file}: names prompts beyond the {texts.Length} that there are; {StartOver}");
        }

        return new(saved.Read("means"), saved.Read("deviations"), prompts, texts, scale);
    }
}
