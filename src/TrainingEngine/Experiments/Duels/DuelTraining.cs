using System.Diagnostics;
using System.Globalization;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Experiments.Comparison;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Experiments.Duels;

/// <summary>One seed's training of one algorithm on simulated votes. Stopped, it goes on in the epoch where it was.</summary>
/// <param name="modelFolder">The base model.</param>
/// <param name="options">Of the duels.</param>
/// <param name="folder">The seed's.</param>
/// <param name="seed">Decides what is sampled, the order of learning, and what raters err about.</param>
/// <param name="output">Gets a line an epoch.</param>
internal sealed class DuelTraining(string modelFolder, DuelOptions options, string folder, int seed, TextWriter output)
{
    /// <summary>Samples before anything was learned are every algorithm's, and sampled once.</summary>
    public string FirstSamples => Path.Combine(folder, "first-samples");

    /// <summary>Goes through all epochs; returns the last policy, null while nothing could be learned.</summary>
    public string? Run(ComparedAlgorithm competitor, CancellationToken stop)
    {
        string? policy = null;
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            string here = Path.Combine(folder, competitor.Name, $"epoch-{epoch}"), kept = Path.Combine(here, "policy.safetensors");
            policy = File.Exists(kept) ? kept : Epoch(competitor, epoch, policy, here, kept, stop);
        }

        return policy;
    }

    private string? Epoch(ComparedAlgorithm competitor, int epoch, string? policy, string here, string kept, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        string[] prompts = [.. Enumerable.Range(0, options.Groups).Select(DuelOptions.Mirrors.Prompt)];
        using var workers = new ComputeThreads(Environment.ProcessorCount, 1);
        SampleFolder samples = new EpochSamples(modelFolder, options.Steps, options.Guidance, DuelOptions.GroupSize).Fill(
            policy is null ? FirstSamples
                : Path.Combine(here, "samples"), policy, prompts, Seeds.At((ulong)seed, policy is null ? 1 : (ulong)epoch), workers, stop);
        IReadOnlyList<PreferencePair> votes =
            Annotation.Judge(samples, SceneFamily.Mirror, SimulatedAnnotator.Several(options.Raters, options.InTraining(seed)), epoch);
        double sampled = clock.Elapsed.TotalSeconds;
        clock.Restart();
        string? next = Learn(competitor, samples, votes, epoch, policy, here, kept, stop);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{competitor.Name}, seed {seed}, epoch {epoch}: {options.Groups * DuelOptions.GroupSize} images sampled and judged in "
                + $"{sampled:0} s, {votes.Count} pairs learned from in {clock.Elapsed.TotalSeconds:0} s"));
        return next;
    }

    private string? Learn(ComparedAlgorithm competitor, SampleFolder samples, IReadOnlyList<PreferencePair> votes, int epoch,
        string? policy, string here, string kept, CancellationToken stop)
    {
        JudgedEpoch rewarded =
            JudgedEpoch.Of(samples, PreferencePair.Rewards([.. Enumerable.Repeat(DuelOptions.GroupSize, samples.Groups)], votes));
        string training = Path.Combine(here, "training"), learned;
        // Rewards from votes are centred in every group, so no running statistics of prompts are kept.
        var run = new EpochRun(
            StableDiffusion.Load(modelFolder), rewarded with { Preferences = votes }, options.Trained with { From = policy },
            new RunOptions { Output = training, Workers = Environment.ProcessorCount, Threads = 1 }, stop);
        try
        {
            learned = votes.Count > 0
                ? competitor.Learn(run, options.D3po.ScaledTo(options.Steps) with { Seed = (seed * 1000) + epoch }, options.Temperature)
                    : throw new NothingToLearnException("nobody preferred an image to another");
        }
        catch (NothingToLearnException error)
        {
            output.WriteLine($"{competitor.Name}, seed {seed}, epoch {epoch}: {error.Message}; the policy stays");
            return policy;
        }

        File.Move(learned, kept, overwrite: true);
        Directory.Delete(training, recursive: true);
        if (policy is not null)
        {
            Directory.Delete(Path.Combine(here, "samples"), recursive: true);
        }

        return kept;
    }
}
