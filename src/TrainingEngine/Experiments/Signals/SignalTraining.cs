using System.Diagnostics;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Experiments.Comparison;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Experiments.Signals;

/// <summary>One epoch of one method: sample, flag, learn, measure. Stopped, it goes on with the samples and steps that it has.</summary>
/// <param name="modelFolder">The base model.</param>
/// <param name="options">Of the comparison.</param>
/// <param name="folder">The comparison's.</param>
internal sealed class SignalTraining(string modelFolder, SignalOptions options, string folder)
{
    /// <summary>Samples before anything was learned are every method's, and sampled once a seed.</summary>
    public string FirstSamples(int seed) => Path.Combine(folder, $"seed-{seed}", "first-samples");

    /// <summary>The next row of a method and seed.</summary>
    /// <param name="before">The last one.</param>
    /// <param name="baseColour">Of the base model's evaluation images.</param>
    public SignalRow Epoch(SignalMethod method, SignalRow before, double[] baseColour, CancellationToken stop)
    {
        int seed = before.Seed, epoch = before.Measured.Epoch + 1;
        string here = Path.Combine(folder, $"seed-{seed}", method.Name, $"epoch-{epoch}");
        string? policy = before.Policy is null ? null : Path.Combine(folder, before.Policy);
        var clock = Stopwatch.StartNew();
        SampleFolder samples = Sample(epoch == 1 ? FirstSamples(seed) : Path.Combine(here, "samples"), policy, seed, epoch, stop);
        SimulatedAnnotator[] raters = SimulatedAnnotator.Several(options.Raters, options.Annotator.First(seed, crew: 0));
        IReadOnlyList<double[]> verdicts = Annotation.Verdicts(samples, SignalOptions.Safety.Family, raters, epoch);
        double sampled = clock.Elapsed.TotalSeconds;
        clock.Restart();
        JudgedEpoch lesson = method.Lesson(samples, verdicts);
        var (signal, usable) = method.Usable(lesson);
        // Where all verdicts agree there is nothing to learn, and the policy stays.
        policy = signal > 0 ? Learn(method, lesson, policy, here, (seed * 1000) + epoch, stop) : policy;
        double trained = clock.Elapsed.TotalSeconds;
        Delete(Path.Combine(here, "samples"));
        int images = options.Groups * SignalOptions.GroupSize;
        return new SignalRow(method.Name, seed, before.Votes + (images * options.Raters), before.Images + images, options.Groups,
            verdicts.Count(group => group.Distinct().Count() == 1), verdicts.Sum(group => group.Count(verdict => verdict < -0.5)), usable,
            signal, Measure(policy, stop).ToRow(epoch, baseColour, sampled, trained),
            policy is null ? null : Path.GetRelativePath(folder, policy));
    }

    /// <summary>A policy's evaluation images.</summary>
    public Measurement Measure(string? policy, CancellationToken stop)
    {
        using ComputeThreads workers = Workers();
        return Measurement.Of(modelFolder, policy, options.Measured, workers, stop);
    }

    /// <summary>Deletes a folder that is no longer needed, if it is there.</summary>
    public static void Delete(string unneeded)
    {
        if (Directory.Exists(unneeded))
        {
            Directory.Delete(unneeded, recursive: true);
        }
    }

    private SampleFolder Sample(string place, string? policy, int seed, int epoch, CancellationToken stop)
    {
        using ComputeThreads workers = Workers();
        string[] prompts = [.. Enumerable.Range(0, options.Groups).Select(SignalOptions.Safety.Prompt)];
        return new EpochSamples(modelFolder, options.Steps, options.Guidance, SignalOptions.GroupSize)
            .Fill(place, policy, prompts, Seeds.At((ulong)seed, (ulong)epoch), workers, stop);
    }

    private string Learn(SignalMethod method, JudgedEpoch lesson, string? policy, string here, int seed, CancellationToken stop)
    {
        string training = Path.Combine(here, "training"), kept = Path.Combine(here, "policy.safetensors");
        var place = new RunOptions { Output = training, Workers = Environment.ProcessorCount, Threads = 1 };
        var run = new EpochRun(StableDiffusion.Load(modelFolder), lesson, options.Trained with { From = policy }, place, stop);
        string learned = ComparedAlgorithm.Parse(method.Algorithm)
            .Learn(run, options.D3po.ScaledTo(options.Steps) with { Seed = seed }, temperature: 1);
        File.Copy(learned, kept, overwrite: true);
        Delete(training);
        return kept;
    }

    private static ComputeThreads Workers() => new(Environment.ProcessorCount, 1);
}
