using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Transformers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>Flow-GRPO's pipelines with their noise replayed: latents, guided predictions and log-probabilities.</summary>
internal static class FlowTrajectoryCheck
{
    private const double LogProbability = 2e-5;

    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        using var untracked = no_grad();
        var parts = Path.GetFileNameWithoutExtension(file.Name).Split('_');
        var model = new FlowGoldenModel(file, parts[0]);
        var common = file.Json("flow.json").GetProperty("common");
        var largest = model.IsFlux ? 1e-3 : 5e-4;
        var schedule = model.Schedule((int)file["timesteps"].shape[0]);
        var step = new FlowStep(schedule.Sigmas, FlowNoiseNames.Parse(parts[1]), common.GetProperty("noise_level").GetDouble());
        var guided = new GuidedDenoiser(
            model.Denoiser, common.GetProperty(model.IsFlux ? "guidance_flux" : "guidance_scale_sd3").GetDouble());
        var prompt = new TextConditioning(file["prompt_embeds"], file["pooled_prompt_embeds"]);
        var negative = file.Has("negative_prompt_embeds")
            ? new TextConditioning(file["negative_prompt_embeds"], file["negative_pooled_prompt_embeds"]) : prompt;
        var start = model.IsFlux ? model.Unpacked(file["init_latents_packed"]) : file["init_latents"];
        var (path, outputs, scores) = (new List<Tensor> { start }, new List<Tensor>(), new List<Tensor>());
        for (var n = 0; n < schedule.Timesteps.Count; n++)
        {
            outputs.Add(guided.Predict(path[^1], [schedule.Timesteps[n]], prompt, negative));
            var mean = step.Mean(path[^1], outputs[^1], n);
            path.Add(step.Next(mean, model.Unpacked(file["noise"].select(1, n)), n));
            scores.Add(step.LogProbability(mean, path[^1], n));
        }

        var steps = Enumerable.Range(0, schedule.Timesteps.Count).ToArray();
        return
        [
            .. Compare.Tensors("sigmas", tensor([.. schedule.Sigmas]), file["sigmas"], 2e-7),
            .. Compare.Tensors("timesteps", tensor([.. schedule.Timesteps]), file["timesteps"], 2e-4),
            .. Compare.Tensors("latents", stack([.. path.Select(model.Packed)], 1), file["latents"], largest),
            .. Compare.Tensors("model_output", stack([.. outputs.Select(model.Packed)], 1), file["model_output"], largest),
            .. Compare.Tensors("log_probs", stack([.. scores], 1), file["log_probs"], LogProbability),
            .. Compare.Tensors("std_dev_t", Rows([.. steps.Select(step.Deviation)], file["std_dev_t"]), file["std_dev_t"], 2e-5),
            .. Compare.Tensors("sqrt_dt", Rows([.. steps.Select(step.RootLength)], file["sqrt_dt"]), file["sqrt_dt"], 2e-5),
        ];
    }

    private static Tensor Rows(float[] values, Tensor like) => tensor(values).unsqueeze(0).expand(like.shape[0], -1);
}

/// <summary>A golden set's SD3 or FLUX with its scheduler. FLUX's files hold packed latents, the engine's are unpacked.</summary>
internal sealed class FlowGoldenModel
{
    private readonly FlowScheduleOptions _options;
    private readonly long _height, _width;

    /// <param name="file">Of golden-flow.</param>
    /// <param name="family"><c>sd3</c> or <c>flux</c>.</param>
    public FlowGoldenModel(GoldenFile file, string family)
    {
        var folder = file.ModelNamed($"tiny-{family}");
        IsFlux = family == "flux";
        Denoiser = IsFlux ? FlowGolden.Flux(file, $"tiny-{family}/transformer") : FlowGolden.Sd3(file, $"tiny-{family}/transformer");
        _options = FlowScheduleOptions.Load(Path.Combine(folder, "scheduler"));
        var common = file.Json("flow.json").GetProperty("common");
        var factor = StableDiffusion.LoadVae(Path.Combine(folder, "vae")).Config.Factor;
        (_height, _width) = (common.GetProperty("height").GetInt64() / factor, common.GetProperty("width").GetInt64() / factor);
    }

    public IDenoiser Denoiser { get; }

    public bool IsFlux { get; }

    public FlowSchedule Schedule(int steps)
    {
        var tokens = _height / FluxConfig.Pack * (_width / FluxConfig.Pack);
        return IsFlux ? FlowSchedule.Even(_options, steps, tokens) : FlowSchedule.Of(_options, steps, tokens);
    }

    /// <summary>The engine's latents as the files have them.</summary>
    public Tensor Packed(Tensor latents) => IsFlux ? FluxPacking.Pack(latents) : latents;

    /// <summary>The files' latents as the engine has them.</summary>
    public Tensor Unpacked(Tensor latents) => IsFlux ? FluxPacking.Unpack(latents, _height, _width) : latents;
}
