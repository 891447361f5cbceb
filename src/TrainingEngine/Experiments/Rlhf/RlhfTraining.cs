using System.Diagnostics;
using Labeler.Shared.Rewards;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Rewards.Learned;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Experiments.Rlhf;

/// <summary>One seed's rounds of one method. A round that was stopped begins anew with the samples that it has.</summary>
/// <param name="modelFolder">The base model.</param>
/// <param name="options">Of the comparison.</param>
/// <param name="folder">The comparison's.</param>
/// <param name="output">Gets a line for each reward model.</param>
internal sealed class RlhfTraining(string modelFolder, RlhfOptions options, string folder, TextWriter output)
{
    public const string Classic = "rlhf", Direct = "d3po";

    /// <summary>Samples before anything was learned are both methods', and sampled once a seed.</summary>
    public string FirstSamples(int seed) => Path.Combine(folder, $"seed-{seed}", "first-samples");

    /// <summary>The next row of a method and seed.</summary>
    /// <param name="before">The last one.</param>
    /// <param name="voted">Of the method's earlier rounds; gets this one's.</param>
    /// <param name="baseColour">Of the base model's evaluation images.</param>
    public RlhfRow Round(RlhfRow before, VotedImages voted, double[] baseColour, CancellationToken stop)
    {
        var (seed, round) = (before.Seed, before.Round + 1);
        var here = Path.Combine(folder, $"seed-{seed}", before.Method, $"round-{round}");
        var policy = before.Policy is null ? null : Path.Combine(folder, before.Policy);
        var clock = Stopwatch.StartNew();
        var (samples, pairs) = Vote(seed, round, here, policy, stop);
        voted.Add(samples, pairs);
        var sampled = clock.Elapsed.TotalSeconds;
        clock.Restart();
        LearningFigures? figures = null;
        if (before.Method == Direct)
        {
            var lesson = JudgedEpoch.OfPairs([.. Enumerable.Range(0, samples.Groups).Select(samples.TrajectoryOf)], pairs);
            policy = pairs.Count == 0 ? policy
                : Kept(here, new D3poAlgorithm().Run(RunOf(lesson, policy, here, stop), Updates(seed, round)).Weights);
        }
        else
        {
            (policy, figures) = Reinforce(seed, round, here, policy, voted, stop);
        }
        Delete(Path.Combine(here, "samples"));
        var measured = Measure(policy, stop);
        return new(before.Method, seed, round, before.Votes + (options.Groups * RlhfOptions.GroupSize * options.Raters),
            measured.ToRow(round, baseColour, sampled, clock.Elapsed.TotalSeconds), string.Concat(measured.Seen.Select(RlhfRow.Letter)),
            policy is null ? null : Path.GetRelativePath(folder, policy), figures);
    }

    /// <summary>What was voted on in a round, sampled again where it is needed after a stop; and the votes, which are always the
    /// same.</summary>
    /// <param name="policy">Which sampled it.</param>
    public (SampleFolder Samples, IReadOnlyList<PreferencePair> Pairs) Vote(int seed, int round, string here, string? policy,
        CancellationToken stop)
    {
        // A round's votes are on new images of each method's own; only before anything was learned they are the same for both.
        var samples = Sample(round == 1 ? FirstSamples(seed) : Path.Combine(here, "samples"), policy, Seeds.At((ulong)seed, (ulong)round),
            stop);
        var raters = SimulatedAnnotator.Several(options.Raters, options.Annotator.First(seed, crew: 0));
        return (samples, Annotation.Judge(samples, RlhfOptions.Safety.Family, raters, round));
    }

    /// <summary>A policy's evaluation images.</summary>
    public Measurement Measure(string? policy, CancellationToken stop)
    {
        using var workers = Workers();
        return Measurement.Of(modelFolder, policy, options.Measured, workers, stop);
    }

    // Reward model, its check, then DDPO on images that nobody votes on.
    private (string? Policy, LearningFigures? Figures) Reinforce(int seed, int round, string here, string? policy, VotedImages voted,
        CancellationToken stop)
    {
        if (voted.Pairs.Select(pair => pair.Group).Distinct().Count() < 2)
        {
            output.WriteLine($"rlhf, seed {seed}, round {round}: too few groups with a better and a worse image; the policy stays");
            return (policy, null);
        }
        using var reward = RewardModelTraining.Run(voted.Pictures, voted.Pairs, options.Reward with { Seed = seed }, _ => { }, stop,
            new RewardInputs(StableDiffusion.Load(modelFolder), modelFolder));
        output.WriteLine($"rlhf, seed {seed}, round {round}: reward model of {reward.LearnedPairs} pairs, "
            + string.Join("; ", LearningReport.Of(reward.Figures)) + (reward.IsUsable ? "" : ": may be guessing, the policy stays"));
        if (!reward.IsUsable)
        {
            return (policy, reward.Figures);
        }
        var (tracker, ddpo) = (new PerPromptStatTracker(), new DdpoOptions { KlWeight = options.KlWeight });
        for (var epoch = 1; epoch <= options.PolicyEpochs; epoch++)
        {
            var place = Path.Combine(here, $"policy-{epoch}");
            var samples = Sample(Path.Combine(place, "samples"), policy, Seeds.At((ulong)seed, (ulong)((1000 * round) + epoch)), stop);
            var lesson = JudgedEpoch.Of(samples, RewardedFolder.Read(samples, reward, output.WriteLine, stop));
            var run = RunOf(lesson, policy, place, stop) with { Tracker = tracker };
            policy = Kept(place, new DdpoAlgorithm().Run(run, ddpo.WithUpdatesOf(Updates(seed, (1000 * round) + epoch))).Weights);
            Delete(Path.Combine(place, "samples"));
        }
        return (policy, reward.Figures);
    }

    private D3poOptions Updates(int seed, int round) => options.D3po.ScaledTo(options.Steps) with { Seed = (seed * 10_000) + round };

    private EpochRun RunOf(JudgedEpoch lesson, string? policy, string here, CancellationToken stop) => new(
        StableDiffusion.Load(modelFolder), lesson, options.Trained with { From = policy },
        new RunOptions { Output = Path.Combine(here, "training"), Workers = Environment.ProcessorCount, Threads = 1 }, stop);

    private static string Kept(string here, string learned)
    {
        var kept = Path.Combine(here, "policy.safetensors");
        File.Copy(learned, kept, overwrite: true);
        Delete(Path.Combine(here, "training"));
        return kept;
    }

    private SampleFolder Sample(string place, string? policy, ulong seed, CancellationToken stop)
    {
        using var workers = Workers();
        string[] prompts = [.. Enumerable.Range(0, options.Groups).Select(RlhfOptions.Safety.Prompt)];
        return new EpochSamples(modelFolder, options.Steps, options.Guidance, RlhfOptions.GroupSize)
            .Fill(place, policy, prompts, seed, workers, stop);
    }

    private static void Delete(string unneeded)
    {
        if (Directory.Exists(unneeded))
        {
            Directory.Delete(unneeded, recursive: true);
        }
    }

    private static ComputeThreads Workers() => new(Environment.ProcessorCount, 1);
}
