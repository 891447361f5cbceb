using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Tests.Training;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>Groups of a tiny model, rewarded by how large their final latents are on average.</summary>
internal sealed class TinyEpoch : IDisposable
{
    public const int Groups = 4, GroupSize = 4;

    private readonly TemporaryFolder _folder = new();

    public TinyEpoch(double guidance = 1)
    {
        Model = TinyTrajectories.Model(_folder.File("model"));
        var files = TinyTrajectories.Sample(Model, _folder.File("trajectories"), Groups, GroupSize, guidance);
        Epoch = new JudgedEpoch(files, [.. files.Select((_, group) => group % 2 == 0 ? "a cat" : "a dog")], [.. files.Select(Rewards)]);
    }

    public StableDiffusion Model { get; }

    public JudgedEpoch Epoch { get; }

    public static TrainedPart Adapter { get; } = new TrainedPart.Adapter(LoraTargets.AllLinear);

    public RunOptions Place(string name) => new() { Output = _folder.File(name), Workers = 1, Threads = 1, CheckpointEvery = TimeSpan.FromDays(1) };

    /// <summary>How much more probable a trained policy made each image's stored steps, by group and image.</summary>
    public double[][] Gains(string weights)
    {
        using var patch = new ModelPatch(Model.Unet, weights);
        using var data = new EpochData(Epoch.Trajectories, Enumerable.Range(0, Groups), Model, null);
        var ddim = new DdimStep(NoiseSchedule.Load(Path.Combine(Model.Folder, "scheduler")), TinyTrajectories.Steps);
        var policy = new Policy(new GuidedUNet(Model.Unet, data.Origin.Guidance), ddim);
        return [.. Enumerable.Range(0, Groups).Select(group =>
        {
            using var scope = NewDisposeScope();
            data.Load([group]);
            var steps = Enumerable.Range(0, TinyTrajectories.Steps).Select(step =>
            {
                var rows = data.Rows(group, [.. Enumerable.Range(0, GroupSize)], step);
                return policy.Score(rows).LogProbabilities - rows.Reference;
            });
            return steps.Aggregate((all, next) => all + next).data<float>().ToArray().Select(value => (double)value).ToArray();
        })];
    }

    public void Dispose() => _folder.Dispose();

    private static double[] Rewards(string file)
    {
        using var scope = NewDisposeScope();
        using var trajectory = Trajectory.Load(file);
        return [.. trajectory.Final.mean([1L, 2L, 3L]).data<float>().ToArray().Select(value => (double)value)];
    }
}
