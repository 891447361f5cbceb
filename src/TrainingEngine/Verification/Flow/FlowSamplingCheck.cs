using System.Text.Json;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Models.Vae;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>Whole sampling runs of the libraries' pipelines with Euler's method; errors may add up as they do in use.</summary>
internal static partial class FlowSamplingCheck
{
    // Suggested with the files for trajectories; the autoencoder adds little.
    private const double Sd3Largest = 5e-4, FluxLargest = 1e-3, Sigma = 2e-7, Timestep = 2e-4;

    public static IEnumerable<Finding> Sd3(GoldenFile file)
    {
        using var untracked = no_grad();
        var (name, meta) = (Path.GetFileName(file.Model), file.Json("meta.json"));
        var run = new RunSettings(meta, Path.GetFileNameWithoutExtension(file.Name));
        var options = FlowScheduleOptions.Load(Path.Combine(file.Model, "scheduler"));
        var init = file["init_latents"];
        var tokens = init.shape[2] / FluxConfig.Pack * (init.shape[3] / FluxConfig.Pack);
        var schedule = FlowSchedule.Of(options, (int)file["timesteps"].shape[0], tokens);
        var model = new GuidedDenoiser(FlowGolden.Sd3(file, run.Text("transformer", $"{name}/transformer")), run.Number("guidance_scale"));
        var (path, outputs) = Walk(model, schedule, init, Given(file, ""), Given(file, "negative_"));
        return
        [
            .. Schedule(file, schedule),
            .. Compare.Tensors("guided_model_output", cat([.. outputs]), file["guided_model_output"], Sd3Largest),
            .. Compare.Tensors("latents", cat([.. path]), file["latents"], Sd3Largest),
            .. Compare.Tensors("decoded", Decoded(file, path[^1]), file["decoded"], Sd3Largest),
            .. Texts(() => FlowTextCheck.Text(file, "", Sd3Text(file, name, meta, run.Text("prompt"))), file, ""),
            .. Texts(() => FlowTextCheck.Text(file, "negative_", Sd3Text(file, name, meta, run.Text("negative_prompt"))), file,
                "negative_"),
        ];
    }

    public static IEnumerable<Finding> Flux(GoldenFile file)
    {
        using var untracked = no_grad();
        var (name, meta) = (Path.GetFileName(file.Model), file.Json("meta.json"));
        var run = new RunSettings(meta, Path.GetFileNameWithoutExtension(file.Name));
        var schedule = FluxSchedule(file, run, (int)file["timesteps"].shape[0]);
        var model = new GuidedDenoiser(FlowGolden.Flux(file, run.Text("transformer", $"{name}/transformer")), run.Number("guidance_scale"));
        var init = file["init_noise"];
        var (path, outputs) = Walk(model, schedule, init, Given(file, ""), Given(file, ""));
        return
        [
            .. Schedule(file, schedule),
            .. Compare.Tensors("init_latents_packed", FluxPacking.Pack(init), file["init_latents_packed"], 0),
            .. Compare.Tensors("model_output", cat([.. outputs.Select(FluxPacking.Pack)]), file["model_output"], FluxLargest),
            .. Compare.Tensors("latents", cat([.. path.Select(FluxPacking.Pack)]), file["latents"], FluxLargest),
            .. Compare.Tensors("final_latents_unpacked", path[^1], file["final_latents_unpacked"], FluxLargest),
            .. Compare.Tensors("decoded", Decoded(file, path[^1]), file["decoded"], FluxLargest),
            .. Texts(() => FlowTextCheck.Text(file, "", FlowGolden.FluxTexts(file, name).Encode([[run.Text("prompt")]],
                meta.GetProperty("max_sequence_length").GetInt32())), file, ""),
        ];
    }

    /// <summary>A distilled model under classifier-free guidance besides its own.</summary>
    public static IEnumerable<Finding> TwoBranches(GoldenFile file)
    {
        using var untracked = no_grad();
        var (name, meta) = (Path.GetFileName(file.Model), file.Json("meta.json"));
        var run = new RunSettings(meta, "true_cfg");
        var texts = FlowGolden.FluxTexts(file, name);
        var length = meta.GetProperty("max_sequence_length").GetInt32();
        var model = new GuidedDenoiser(FlowGolden.Flux(file, run.Text("transformer", $"{name}/transformer")),
            run.Number("guidance_scale"), branches: run.Number("true_cfg_scale"));
        var (height, width) = run.Latent(StableDiffusion.LoadVae(Path.Combine(file.Model, "vae")).Config);
        var (path, _) = Walk(
            model, FluxSchedule(file, run, (int)run.Number("steps")), FluxPacking.Unpack(file["init_latents_packed"], height, width),
            texts.Encode([[run.Text("prompt")]], length), texts.Encode([[run.Text("negative_prompt")]], length));
        return Compare.Tensors("final_latents_packed", FluxPacking.Pack(path[^1]), file["final_latents_packed"], FluxLargest);
    }

    public static IEnumerable<Finding> Sd3Picture(GoldenFile file)
    {
        var latents = file.Sibling(Path.GetFileNameWithoutExtension(file.Name) + ".safetensors")["latents"];
        return Picture(file, latents.narrow(0, latents.shape[0] - 1, 1));
    }

    public static IEnumerable<Finding> FluxPicture(GoldenFile file) =>
        Picture(file, file.Sibling(Path.GetFileNameWithoutExtension(file.Name) + ".safetensors")["final_latents_unpacked"]);

    /// <summary>From noise to image without further noise: latents before and after every step, and the guided predictions.</summary>
    private static (List<Tensor> Path, List<Tensor> Outputs) Walk(
        GuidedDenoiser model, FlowSchedule schedule, Tensor start, TextConditioning prompt, TextConditioning negative)
    {
        var step = new FlowStep(schedule.Sigmas, FlowNoise.None, 0);
        var (path, outputs) = (new List<Tensor> { start }, new List<Tensor>());
        for (var n = 0; n < schedule.Timesteps.Count; n++)
        {
            outputs.Add(model.Predict(path[^1], [schedule.Timesteps[n]], prompt, negative));
            path.Add(step.Mean(path[^1], outputs[^1], n));
        }

        return (path, outputs);
    }

    private static IEnumerable<Finding> Schedule(GoldenFile file, FlowSchedule schedule) =>
    [
        .. Compare.Tensors("sigmas", tensor([.. schedule.Sigmas]), file["sigmas"], Sigma),
        .. Compare.Tensors("timesteps", tensor([.. schedule.Timesteps]), file["timesteps"], Timestep),
    ];

    private static FlowSchedule FluxSchedule(GoldenFile file, RunSettings run, int steps)
    {
        var options = FlowScheduleOptions.Load(Path.Combine(file.Model, "scheduler"));
        if (run.Own("scheduler") is { } told)
        {
            options = options with
            {
                Dynamic = null,
                Shift = double.Parse(Shift().Match(told).Groups[1].Value,
                System.Globalization.CultureInfo.InvariantCulture)
            };
        }

        return FlowSchedule.Even(options, steps, (long)run.Number("image_seq_len"));
    }

    private static TextConditioning Given(GoldenFile file, string branch) =>
        new(file[$"{branch}prompt_embeds"], file[$"{branch}pooled_prompt_embeds"]);

    private static TextConditioning Sd3Text(GoldenFile file, string name, JsonElement meta, string prompt) =>
        FlowGolden.Sd3Texts(file, name).Encode([[prompt]], meta.GetProperty("max_sequence_length").GetInt32());

    /// <summary>The prompt from its text; where the tokenizers are not there, the embeddings are taken as given.</summary>
    private static IEnumerable<Finding> Texts(Func<IEnumerable<Finding>> check, GoldenFile file, string branch)
    {
        try
        {
            FlowGolden.Part(file, Path.GetFileName(file.Model), "tokenizer");
        }
        catch (MissingPartException)
        {
            return [Compare.Exactly($"{branch}prompt_embeds finite", file[$"{branch}prompt_embeds"].isfinite(),
                ones_like(file[$"{branch}prompt_embeds"], ScalarType.Bool))];
        }

        return check();
    }

    private static Tensor Decoded(GoldenFile file, Tensor latents)
    {
        var vae = StableDiffusion.LoadVae(Path.Combine(file.Model, "vae"), file.Device);
        return vae.Decode(vae.Unscaled(latents));
    }

    private static IEnumerable<Finding> Picture(GoldenFile file, Tensor latent)
    {
        var vae = StableDiffusion.LoadVae(Path.Combine(file.Model, "vae"), file.Device);
        Picture own = LatentDecoder.Decode(vae, latent)[0], wanted = Shared.Imaging.Picture.Decode(File.ReadAllBytes(file.Path));
        double largest = own.Rgb.Length == wanted.Rgb.Length ? own.Rgb.Zip(wanted.Rgb, (a, b) => Math.Abs(a - b)).Max()
            : double.PositiveInfinity;
        return [new Finding("bytes largest difference", largest, 1)];
    }

    [GeneratedRegex(@"shift ([0-9.]+)", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Shift();

    /// <summary>Settings of a run; what it does not say of itself is as in the run named euler.</summary>
    private sealed class RunSettings(JsonElement meta, string run)
    {
        public string? Own(string key) => meta.GetProperty(run).TryGetProperty(key, out var value) ? value.GetString() : null;

        public string Text(string key, string? otherwise = null) =>
            Find(key) is { } value ? value.GetString()! : otherwise ?? throw Missing(key);

        public double Number(string key) => Find(key) is { } value ? value.GetDouble() : throw Missing(key);

        public (long Height, long Width) Latent(VaeConfig vae) =>
            ((long)Number("height") / vae.Factor, (long)Number("width") / vae.Factor);

        private JsonElement? Find(string key) => meta.GetProperty(run).TryGetProperty(key, out var own) ? own
            : meta.GetProperty("euler").TryGetProperty(key, out var usual) ? usual : null;

        private static EngineException Missing(string key) => new($"meta.json: there is no {key}");
    }
}
