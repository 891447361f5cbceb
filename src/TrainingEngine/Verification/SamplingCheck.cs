using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>Whole sampling runs: each step starts from this engine's own latent, so errors may add up as they do in use.</summary>
internal static class SamplingCheck
{
    private const double Guidance = 5;
    private const double LogProbability = 1e-5;
    private static readonly (double Largest, double Rms) Latents = (1e-3, 5e-5), Outputs = (5e-4, 7e-5), Decoded = (1e-4, 4e-5),
        Embeddings = (3e-5, 3e-6);

    /// <summary>The library's pipeline without noise, and its decoded image.</summary>
    public static IEnumerable<Finding> Deterministic(GoldenFile file)
    {
        using var untracked = no_grad();
        var (unet, step) = Model(file, eta: 0, steps: (int)file["timesteps"].shape[0]);
        Tensor times = file.Has("time_ids") ? file["time_ids"] : zeros(0);
        var (prompt, negative) = (Text(file, "", times), Text(file, "negative_", times));
        var (path, outputs) = (new List<Tensor> { file["init_latents"] }, new List<Tensor>());
        foreach (long t in step.Timesteps)
        {
            outputs.Add(unet.Predict(path[^1], [t], prompt, negative));
            path.Add(step.Mean(path[^1], outputs[^1], t));
        }

        var vae = StableDiffusion.LoadVae(Path.Combine(file.Model, "vae"), file.Device);
        return
        [
            Timesteps(file["timesteps"], step),
            .. Compare.Tensors("guided_model_output", cat([.. outputs]), file["guided_model_output"], Outputs.Largest, Outputs.Rms),
            .. Compare.Tensors("latents", cat([.. path]), file["latents"], Latents.Largest, Latents.Rms),
            .. Compare.Tensors("final_latents", path[^1], file["final_latents"], Latents.Largest, Latents.Rms),
            .. Compare.Tensors("decoded", vae.Decode(vae.Unscaled(path[^1])), file["decoded"], Decoded.Largest, Decoded.Rms),
            .. Encoded(file),
        ];
    }

    /// <summary>D3PO's pipeline with its noise replayed: latents and log-probabilities.</summary>
    public static IEnumerable<Finding> WithLogProbabilities(GoldenFile file)
    {
        using var untracked = no_grad();
        var (unet, step) = Model(file, eta: 1, steps: (int)file["timesteps"].shape[1]);
        var (latents, nextLatents) = (file["latents"], file["next_latents"]);
        Tensor times = SizesOf(file, latents).repeat(latents.shape[0], 1);
        var (prompt, negative) = (Text(file, "", times), Text(file, "negative_", times));
        var (path, outputs, scores) = (new List<Tensor> { latents.select(1, 0) }, new List<Tensor>(), new List<Tensor>());
        foreach (var (t, index) in step.Timesteps.Select((t, index) => ((long)t, index)))
        {
            outputs.Add(unet.Predict(path[^1], [t], prompt, negative));
            Tensor mean = step.Mean(path[^1], outputs[^1], t);
            path.Add(step.Next(mean, file["noise"].select(1, index), t));
            scores.Add(step.LogProbability(mean, path[^1], t));
        }

        return
        [
            .. Enumerable.Range(0, (int)latents.shape[0]).Select(row => Timesteps(file["timesteps"][row], step)),
            .. Compare.Tensors("guided_model_output", stack([.. outputs], 1), file["guided_model_output"], Outputs.Largest, Outputs.Rms),
            .. Compare.Tensors("latents", stack([.. path[..^1]], 1), latents, Latents.Largest, Latents.Rms),
            .. Compare.Tensors("next_latents", stack([.. path[1..]], 1), nextLatents, Latents.Largest, Latents.Rms),
            .. Compare.Tensors("log_probs", stack([.. scores], 1), file["log_probs"], LogProbability),
        ];
    }

    /// <summary>The picture of the deterministic run, decoded here from its last latent: no byte more than one off.</summary>
    public static IEnumerable<Finding> DeterministicPicture(GoldenFile file) =>
        Picture(file, file.Sibling("ddim_eta0.safetensors")["final_latents"]);

    /// <summary>The pictures of the run with noise, <c>ddim_eta1_0.png</c> and so on.</summary>
    public static IEnumerable<Finding> NoisyPicture(GoldenFile file)
    {
        int row = int.Parse(Path.GetFileNameWithoutExtension(file.Name).Split('_')[^1], System.Globalization.CultureInfo.InvariantCulture);
        Tensor path = file.Sibling("ddim_eta1_logprob.safetensors")["next_latents"];
        return Picture(file, path.narrow(0, row, 1).select(1, path.shape[1] - 1));
    }

    private static IEnumerable<Finding> Picture(GoldenFile file, Tensor latent)
    {
        var vae = StableDiffusion.LoadVae(Path.Combine(file.Model, "vae"), file.Device);
        Picture own = LatentDecoder.Decode(vae, latent)[0], wanted = Shared.Imaging.Picture.Decode(File.ReadAllBytes(file.Path));
        double largest = own.Rgb.Length == wanted.Rgb.Length ? own.Rgb.Zip(wanted.Rgb, (a, b) => Math.Abs(a - b)).Max()
            : double.PositiveInfinity;
        return [new Finding("bytes largest difference", largest, 1)];
    }

    private static (GuidedDenoiser, DdimStep) Model(GoldenFile file, double eta, int steps)
    {
        UNet2DConditionModel unet = StableDiffusion.LoadUnet(Path.Combine(file.Model, "unet"), file.Device);
        var schedule = NoiseSchedule.Load(Path.Combine(file.Model, "scheduler"));
        return (new GuidedDenoiser(unet, Guidance), new DdimStep(schedule, steps, eta, clampPrevious: eta > 0));
    }

    private static TextConditioning Text(GoldenFile file, string branch, Tensor times) => file.Has($"{branch}pooled_prompt_embeds")
        ? new(file[$"{branch}prompt_embeds"], file[$"{branch}pooled_prompt_embeds"], times)
        : new(file[$"{branch}prompt_embeds"]);

    /// <summary>XL's six numbers for uncropped images of the latents' size.</summary>
    private static Tensor SizesOf(GoldenFile file, Tensor latents)
    {
        long factor = StableDiffusion.LoadVae(Path.Combine(file.Model, "vae"), file.Device).Config.Factor;
        var (height, width) = ((float)(latents.shape[3] * factor), (float)(latents.shape[4] * factor));
        return tensor(new[] { height, width, 0, 0, height, width }, device: file.Device).unsqueeze(0);
    }

    private static Finding Timesteps(Tensor expected, DdimStep step)
    {
        long[] own = [.. step.Timesteps.Select(t => (long)t)];
        return Compare.Exactly("timesteps", tensor(own), expected);
    }

    /// <summary>The prompt from its text, where the tokenizer's vocabulary is there; without it the embeddings are taken as
    /// given.</summary>
    private static IEnumerable<Finding> Encoded(GoldenFile file)
    {
        if (!File.Exists(Path.Combine(file.Model, "tokenizer", "vocab.json")))
        {
            return [];
        }

        var meta = file.Json("meta.json").GetProperty("ddim_eta0");
        var size = (meta.GetProperty("width").GetInt64(), meta.GetProperty("height").GetInt64());
        var model = StableDiffusion.Load(file.Model, file.Device);
        TextConditioning text = model.Encode([.. meta.GetProperty("prompt").EnumerateArray().Select(prompt => prompt.GetString()!)], size);
        TextConditioning negative = model.Encode([meta.GetProperty("negative_prompt").GetString()!], size);
        return
        [
            .. Compare.Tensors("prompt_embeds", text.Context, file["prompt_embeds"], Embeddings.Largest, Embeddings.Rms),
            .. Compare.Tensors("negative_prompt_embeds", negative.Context, file["negative_prompt_embeds"], Embeddings.Largest,
                Embeddings.Rms),
            .. text.Pooled is null ? []
                : Compare.Tensors("pooled_prompt_embeds", text.Pooled, file["pooled_prompt_embeds"], Embeddings.Largest, Embeddings.Rms),
            .. text.TimeIds is null ? [] : Compare.Tensors("time_ids", text.TimeIds, file["time_ids"], 0),
        ];
    }
}
