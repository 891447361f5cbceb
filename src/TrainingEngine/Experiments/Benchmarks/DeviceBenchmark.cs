using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Experiments.Benchmarks;

/// <summary>What is measured; <c>bench/gpu_reference.py</c> measures the same of PyTorch.</summary>
/// <param name="Images">Images of a group, which share their starting noise.</param>
/// <param name="Steps">DDIM steps, with guidance.</param>
/// <param name="Timesteps">Sampling steps that are trained on, from the second on.</param>
/// <param name="ImagesAtOnce">Most images in one forward with gradients.</param>
/// <param name="Rounds">Measurements behind the first, which pays for compilation and first allocations; the fastest counts.</param>
internal sealed record DeviceBenchmarkOptions(int Images, int Steps, int Timesteps, int ImagesAtOnce, int Rounds);

/// <summary>
/// Seconds of sampling a group, and of D3PO's shared pass over it: forward, backward and the sum of the gradients of an adapter
/// of rank 4 on every attention. On any device, in the model's type.
/// </summary>
internal sealed class DeviceBenchmark(StableDiffusion model, DeviceBenchmarkOptions options)
{
    private const int Rank = 4;

    private readonly bool _gpu = model.Device.type == DeviceType.CUDA;
    private readonly ISchedule _schedule = ModelSchedule.Of(model);

    /// <summary>Seconds a group, and seconds a group and timestep.</summary>
    public (double Sampling, double Training) Run(CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("labeler-bench-");
        try
        {
            var file = Path.Combine(folder.FullName, "group.safetensors");
            var sampler =
                new Sampler(model, _schedule, new SamplingOptions { Steps = options.Steps, GroupSize = options.Images, KeepMeans = false });
            Trajectory? trajectory = null;
            var sampling = Fastest(() =>
            {
                trajectory?.Dispose();
                trajectory = sampler.Sample("a photo of a cat", 1, stop);
            });
            using (trajectory)
            {
                trajectory!.Save(file);
            }
            return (sampling, Training(file, stop));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private double Training(string file, CancellationToken stop)
    {
        using var data = new EpochData([file], [0], model, expected: null);
        using var adapter = LoraAdapter.Create(model.Denoiser, LoraTargets.Attention, Rank, Rank, 0);
        using var weights = new TrainableWeights(adapter.Parameters, new D3poOptions().AdamW);
        using var workers = new ComputeThreads(1, _gpu ? 1 : Environment.ProcessorCount);
        var policy = Policy.Of(model, data);
        // The first image is flagged: it is in every pair, and every image is in one.
        var verdicts = Enumerable.Range(0, options.Images).Select(image => image == 0 ? -1.0 : 0).ToArray();
        var steps = Enumerable.Range(1, options.Timesteps).ToArray();
        var step = new PlannedStep(0, steps, [.. PreferencePair.FromVerdicts(0, verdicts)]);
        var objective = new D3poObjective(policy, data, [step], new D3poOptions(), options.ImagesAtOnce);
        var gradients = new StepGradients(weights, workers, reference: null);
        return Fastest(() =>
        {
            weights.ClearGradients();
            gradients.Add(objective, 0, stop);
        }) / steps.Length;
    }

    private double Fastest(Action work)
    {
        var best = double.MaxValue;
        for (var round = 0; round <= options.Rounds; round++)
        {
            var spent = TimeSpent.Around(() =>
            {
                work();
                if (_gpu)
                {
                    cuda.synchronize();
                }
            });
            best = round == 0 ? best : Math.Min(best, spent.Seconds);
        }
        return best;
    }
}
