using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Weights;
using TorchSharp;
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
    public static LatentPool Encode(AutoencoderKL vae, PretrainOptions options, string[] texts, Workers workers, Action<int> report, CancellationToken cancel)
    {
        var first = (long)options.VaeSteps * options.VaeBatch;
        var (means, deviations, prompts) = (new List<Tensor>(), new List<Tensor>(), new List<long>());
        workers.Run((options.Scenes + Batch - 1) / Batch, job =>
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            var scenes = Enumerable.Range(job * Batch, Math.Min(Batch, options.Scenes - job * Batch)).Select(n => Scene.Draw(options.Seed, first + n, size: (int)vae.Config.SampleSize)).ToArray();
            var (mean, logVariance) = vae.Encode(Pixels.ToTensor([.. scenes.Select(scene => scene.Picture)]));
            return (mean.DetachFromDisposeScope(), (0.5 * logVariance).exp().DetachFromDisposeScope(), scenes.Select(scene => (long)Array.IndexOf(texts, scene.Prompt)).ToArray());
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
        var pool = new LatentPool((all * scale).DetachFromDisposeScope(), (cat(deviations, 0) * scale).DetachFromDisposeScope(), tensor(prompts.ToArray()).DetachFromDisposeScope(), texts, scale);
        means.Concat(deviations).ToList().ForEach(tensor => tensor.Dispose());
        return pool;
    }

    public void Save(string file) => SafeTensors.Write(
        file, new Dictionary<string, Tensor> { ["means"] = Means, ["deviations"] = Deviations, ["prompts"] = Prompts },
        new Dictionary<string, string> { ["scale"] = Scale.ToString("R", System.Globalization.CultureInfo.InvariantCulture) });

    public static LatentPool Load(string file, string[] texts)
    {
        using var saved = SafeTensors.Open(file);
        return new(saved.Read("means"), saved.Read("deviations"), saved.Read("prompts"), texts, double.Parse(saved.Metadata["scale"], System.Globalization.CultureInfo.InvariantCulture));
    }
}
