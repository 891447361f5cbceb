using System.Globalization;
using System.Text.Json;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>Shares of noise and times of all kinds of schedules, Euler's step, and noised images.</summary>
internal static class FlowScheduleCheck
{
    private const double Sigma = 2e-7, Timestep = 2e-4, Step = 2e-6;
    private const int Every = 37;

    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        var json = file.Json("scheduler.json");
        var configs = json.GetProperty("configs").EnumerateObject().ToDictionary(config => config.Name, config =>
            FlowScheduleOptions.Read(ConfigFile.Parse($"scheduler.json: {config.Name}", config.Value.GetRawText())));
        return
        [
            .. configs.Where(config => file.Has($"{config.Key}.init_sigmas")).SelectMany(config => Compare.Tensors(
                $"{config.Key}.init_sigmas", Line(FlowSchedule.Trained(config.Value).Where((_, at) => at % Every == 0)),
                file[$"{config.Key}.init_sigmas"], Sigma)),
            .. json.GetProperty("cases").EnumerateObject().SelectMany(one => Case(file, configs, one)),
            .. Steps(file, configs),
        ];
    }

    private static IEnumerable<Finding> Case(GoldenFile file, Dictionary<string, FlowScheduleOptions> configs, JsonProperty one)
    {
        var options = configs.Where(config => one.Name.StartsWith($"{config.Key}.", StringComparison.Ordinal))
            .MaxBy(config => config.Key.Length).Value;
        var tokens = one.Value.GetProperty("image_seq_len") is { ValueKind: JsonValueKind.Number } length ? length.GetInt64() : 0;
        var steps = one.Value.GetProperty("n").GetInt32();
        var schedule = one.Value.GetProperty("sigmas_argument").ValueKind == JsonValueKind.Null
            ? FlowSchedule.Of(options, steps, tokens) : FlowSchedule.Even(options, steps, tokens);
        return
        [
            .. Compare.Tensors($"{one.Name}.sigmas", Line(schedule.Sigmas), file[$"{one.Name}.sigmas"], Sigma),
            .. Compare.Tensors($"{one.Name}.timesteps", Line(schedule.Timesteps), file[$"{one.Name}.timesteps"], Timestep),
            .. one.Value.GetProperty("mu") is { ValueKind: JsonValueKind.Number } mu
                ? [Compare.Numbers($"{one.Name} mu", options.Dynamic!.Mu(tokens), mu.GetDouble(), 1e-12)] : Array.Empty<Finding>(),
        ];
    }

    /// <summary>Euler's steps of one of the schedules without a dynamic shift, and an image noised to shares of noise.</summary>
    private static IEnumerable<Finding> Steps(GoldenFile file, Dictionary<string, FlowScheduleOptions> configs)
    {
        var (sample, output) = (file["step.sample"], file["step.model_output"]);
        int[] indices = [.. file.Tensors.Keys.Where(key => key.StartsWith("step.i", StringComparison.Ordinal))
            .Select(key => int.Parse(key.Split('.')[1][1..], CultureInfo.InvariantCulture)).Order()];
        var best = configs.Values.Where(options => options is { Dynamic: null, Inverted: false })
            .Select(options => Euler(FlowSchedule.Of(options, indices[^1] + 1, 0))).MinBy(findings => findings.Max(one => one.Error))!;
        var train = configs.Values.First().TrainTimesteps;
        var shares = file["scale_noise.timestep"].cpu().data<float>().Select(time => time / train).ToArray();
        return
        [
            .. best,
            .. Compare.Tensors("scale_noise.out", FlowNoising.Noised(sample, file["scale_noise.noise"], shares), file["scale_noise.out"],
                Step),
        ];

        List<Finding> Euler(FlowSchedule schedule)
        {
            var step = new FlowStep(schedule.Sigmas, FlowNoise.None, 0);
            return [.. indices.SelectMany(index => Compare.Tensors($"step.i{index}.prev_sample", step.Mean(sample, output, index),
                file[$"step.i{index}.prev_sample"], Step))];
        }
    }

    private static Tensor Line(IEnumerable<float> values) => tensor([.. values]);
}
