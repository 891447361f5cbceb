using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Experiments.Benchmarks;

/// <summary>One way of training, measured per group of all timesteps.</summary>
internal sealed record TrainingTime(string Mode, int Flagged, TimeSpent Spent);

/// <summary>
/// Seconds of training per group, pair by pair as in the authors' program against one shared pass, at fixed weights, in
/// turns timestep by timestep, so that whatever else the machine does falls on both. The first timestep, where the shared
/// pass computes one image for all, is left out of the measurement and counted like the others.
/// </summary>
internal sealed class TrainingBenchmark : IDisposable
{
    private const int GroupSize = 7;
    // Two guided groups of 7 fill a micro-batch of 28 rows.
    private const int GroupsAtOnce = 2;
    private const int ImagesAtOnce = GroupsAtOnce * GroupSize;

    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-bench").FullName;
    private readonly StableDiffusion _model;
    private readonly string[] _files;
    private readonly SamplingOptions _sampling = new() { GroupSize = GroupSize };

    /// <param name="model">Sampled from first, with D3PO's settings.</param>
    /// <param name="cores">Workers that it can measure.</param>
    public TrainingBenchmark(StableDiffusion model, int cores)
    {
        _model = model;
        TorchExtensions.SetThreads(1);
        var schedule = ModelSchedule.Of(model);
        var sampler = new Sampler(model, schedule, _sampling);
        _files = [.. Enumerable.Range(0, GroupsAtOnce * Math.Max(1, cores)).Select(group =>
        {
            var file = Path.Combine(_folder, $"{group}.safetensors");
            using var trajectory = sampler.Sample($"a photo of a horse number {group}", (ulong)group);
            trajectory.Save(file);
            return file;
        })];
    }

    /// <summary>Measures a group with so many flagged images.</summary>
    /// <param name="flagged">k of 7, which gives k(7 − k) pairs.</param>
    /// <param name="timesteps">Timesteps to measure, spread over the trajectory.</param>
    /// <param name="cores">Workers of the shared pass on all cores.</param>
    /// <param name="rounds">Measurements of each timestep; the fastest counts, as other programs can only slow it down.</param>
    public IReadOnlyList<TrainingTime> Measure(int flagged, int timesteps, int cores, int rounds)
    {
        var verdicts = Enumerable.Range(0, GroupSize).Select(image => image < flagged ? -1.0 : 0).ToArray();
        using var data = new EpochData(_files, Enumerable.Range(0, _files.Length), _model, expected: null);
        using var adapter = LoraAdapter.Create(_model.Denoiser, LoraTargets.Attention, 4, 4, 0);
        using var weights = new TrainableWeights(adapter.Parameters, new D3poOptions().AdamW);
        using var reference = new ReferenceWeights(weights);
        using var alone = new ComputeThreads(1, 1);
        using var all = new ComputeThreads(cores, 1);
        var policy = Policy.Of(_model, data);
        (string Name, StepGradients Gradients, D3poMode Mode, int Groups)[] modes =
        [
            ("official", new StepGradients(weights, alone, reference), D3poMode.Official, 1),
            ("grouped, 1 thread", new StepGradients(weights, alone, null), D3poMode.Grouped, GroupsAtOnce),
            ($"grouped, {cores} workers", new StepGradients(weights, all, null), D3poMode.Grouped,
                Math.Min(_files.Length, cores * GroupsAtOnce)),
        ];
        var totals = modes.Select(_ => new TimeSpent(0, 0)).ToArray();
        foreach (var step in Steps(timesteps))
        {
            var best = modes.Select(_ => new TimeSpent(double.MaxValue, double.MaxValue)).ToArray();
            for (var round = 0; round < rounds; round++)
            {
                for (var mode = 0; mode < modes.Length; mode++)
                {
                    var planned =
                        new PlannedStep(0, [step],
                            [.. Enumerable.Range(0, modes[mode].Groups).SelectMany(group => PreferencePair.FromVerdicts(group, verdicts))]);
                    var objective = new D3poObjective(policy, data, [planned], new D3poOptions { Mode = modes[mode].Mode }, ImagesAtOnce);
                    var spent = TimeSpent.Around(() => modes[mode].Gradients.Add(objective, 0, CancellationToken.None));
                    best[mode] =
                        new TimeSpent(Math.Min(best[mode].Seconds, spent.Seconds),
                            Math.Min(best[mode].ProcessorSeconds, spent.ProcessorSeconds));
                }
            }
            for (var mode = 0; mode < modes.Length; mode++)
            {
                var scale = (double)_sampling.Steps / timesteps / modes[mode].Groups;
                totals[mode] =
                    new TimeSpent(totals[mode].Seconds + (best[mode].Seconds * scale),
                        totals[mode].ProcessorSeconds + (best[mode].ProcessorSeconds * scale));
            }
        }
        return [.. modes.Select((mode, index) => new TrainingTime(mode.Name, flagged, totals[index]))];
    }

    /// <summary>Pairs of a group.</summary>
    public static int Pairs(int flagged) => flagged * (GroupSize - flagged);

    /// <summary>Timesteps of a group.</summary>
    public int TimestepsPerGroup => _sampling.Steps;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IEnumerable<int> Steps(int count) => Enumerable.Range(0, count).Select(index => 1 + (index * (_sampling.Steps - 1) / count));
}
