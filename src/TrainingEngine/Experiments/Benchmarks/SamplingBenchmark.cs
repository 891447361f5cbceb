using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Experiments.Benchmarks;

/// <summary>Times the sampling of one group as <c>sample</c> does it, on one thread of libtorch and with the default options.</summary>
/// <param name="model">The model.</param>
/// <param name="rounds">Groups to sample; the fastest counts, as other programs can only slow it down.</param>
internal sealed class SamplingBenchmark(StableDiffusion model, int rounds)
{
    private static readonly SamplingOptions Options = new();

    public void Run(TextWriter output, CancellationToken stop)
    {
        if (rounds < 1)
        {
            throw new EngineException($"--rounds is {rounds}; at least 1 is needed");
        }

        set_num_threads(1);
        NoiseSchedule schedule = new(new NoiseScheduleOptions
        {
            BetaStart = 0.00085,
            BetaEnd = 0.012,
            BetaSchedule = "scaled_linear",
            ClipSample = false,
            SetAlphaToOne = false,
            StepsOffset = 1,
        });
        var sampler = new Sampler(model, schedule, Options);
        void Group() => sampler.Sample("a photo of a cat", 1, stop).Dispose();
        IReadOnlyDictionary<LayerKind, double> layers = new Dictionary<LayerKind, double>();
        double seconds = double.MaxValue, processor = double.MaxValue;
        for (int round = 0; round <= rounds; round++)
        {
            TimeSpent spent = default;
            var inLayers = LayerClock.Around(() => spent = TimeSpent.Around(Group));
            layers = round == 0 || spent.Seconds < seconds ? inLayers : layers;

            // The first round pays for compilation and first allocations.
            seconds = round == 0 ? seconds : Math.Min(seconds, spent.Seconds);
            processor = round == 0 ? processor : Math.Min(processor, spent.ProcessorSeconds);
        }

        void Row(string name, string value) => output.WriteLine($"{name,-16} {value}");
        Row("u-net",
            $"{model.Denoiser.Parameters.Values.Sum(weight => weight.numel()) / 1e6:0.00} M parameters, {sampler.Width} x {sampler.Height} "
                + $"pixels");
        Row("group",
            $"{Options.GroupSize} images, {Options.Steps} steps, guidance {Options.Guidance}: {seconds:0.000} s, {processor:0.000} s of a "
                + $"core, the best of {rounds}");
        Row("steps",
            $"{Options.Steps / processor:0.0} per second of a core, {Options.GroupSize * Options.Steps / processor:0.0} image steps");
        foreach (var (kind, inside) in layers)
        {
            Row(kind.ToString().ToLowerInvariant(), $"{100 * inside / seconds:0.0} % of the time");
        }
        Row("everything else", $"{100 * (1 - layers.Values.Sum() / seconds):0.0} % of the time");
        var peak = PeakSpeed.Measure();
        Row("this machine",
            $"{peak.Matrix / 1e9:0} GFLOP/s in a product of two large matrices, {peak.Convolution / 1e9:0} in a large convolution");
        Row("small operator", $"{SmallOperatorCost.Nanoseconds():0} ns (goal: under 1000)");
    }
}
