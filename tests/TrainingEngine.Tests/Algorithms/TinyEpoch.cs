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

    /// <param name="guidance">Scale.</param>
    /// <param name="family"><c>xl</c>, or a flow model's; null for a U-Net with one text encoder.</param>
    public TinyEpoch(double guidance = 1, string? family = null)
    {
        Model = family is null ? TinyTrajectories.Model(_folder.File("model"))
            : family == "xl" ? StableDiffusion.Load(TinyModel.WriteXl(_folder.File("model")))
            : StableDiffusion.Load(TinyFlowModel.Write(_folder.File("model"), family));
        var files = TinyTrajectories.Sample(Model, _folder.File("trajectories"), Groups, GroupSize, guidance);
        Epoch = new JudgedEpoch(files, [.. files.Select((_, group) => group % 2 == 0 ? "a cat" : "a dog")], [.. files.Select(Rewards)]);
    }

    public StableDiffusion Model { get; }

    public JudgedEpoch Epoch { get; }

    public static TrainedPart Adapter { get; } = new TrainedPart.Adapter(LoraTargets.AllLinear);

    public string File(string name) => _folder.File(name);

    public RunOptions Place(string name) => new() { Output = _folder.File(name), Workers = 1, Threads = 1, CheckpointEvery = TimeSpan.FromDays(1) };

    /// <summary>How much more probable a trained policy made each image's stored steps, by group and image.</summary>
    public double[][] Gains(string weights)
    {
        using var patch = new ModelPatch(Model, weights);
        using var data = new EpochData(Epoch.Trajectories, Enumerable.Range(0, Groups), Model, null);
        var steps = data.Steps;
        var policy = new Policy(new GuidedDenoiser(Model.Denoiser, data.Origin.Guidance), steps);
        return [.. Enumerable.Range(0, Groups).Select(group =>
        {
            using var scope = NewDisposeScope();
            data.Load([group]);
            var gains = Enumerable.Range(0, TinyTrajectories.Steps).Select(step =>
            {
                var rows = data.Rows(group, [.. Enumerable.Range(0, GroupSize)], step);
                return policy.Score(rows).LogProbabilities - rows.Reference;
            });
            return gains.Aggregate((all, next) => all + next).data<float>().ToArray().Select(value => (double)value).ToArray();
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
