using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Training;

public sealed class RedrawnStepsTests : IDisposable
{
    private const int Seed = 3, Step = 2;
    private readonly TemporaryFolder _folder = new();
    private readonly StableDiffusion _model;
    private readonly EpochData _data;

    public RedrawnStepsTests()
    {
        _model = TinyTrajectories.Model(_folder.File("model"));
        _data = new(TinyTrajectories.Sample(_model, _folder.File("trajectories"), 2, 3), [0, 1], _model, expected: null);
        _data.Load([0, 1]);
    }

    [Fact]
    public void They_are_DDPMs_posterior_of_the_finished_picture()
    {
        using var scope = NewDisposeScope();
        using var trajectory = Trajectory.Load(_folder.File("trajectories", "00000.safetensors"));
        var rows = Redrawn(0, [0, 1, 2], Step, pass: 0);
        var alphas = NoiseSchedule.Load(_folder.File("model", "scheduler")).AlphasCumprod;
        double now = alphas[(int)rows.Timestep], before = alphas[(int)rows.Timestep - (1000 / TinyTrajectories.Steps)], step = now / before;

        // DDPM (arXiv 2006.11239), equation 7.
        var expected = (trajectory.Final * (Math.Sqrt(before) * (1 - step) / (1 - now))) + (rows.Latents * (Math.Sqrt(step) * (1 - before) / (1 - now)));
        Assert.True((expected - rows.NextLatents).abs().max().item<float>() < 1e-4);
        // One noise for all images of the group, of unit variance.
        var noise = (rows.Latents - (trajectory.Final * Math.Sqrt(now))) / Math.Sqrt(1 - now);
        Assert.True((noise - noise.narrow(0, 0, 1)).abs().max().item<float>() < 1e-3);
        Assert.InRange(noise[0].std().item<float>(), 0.8, 1.2);
    }

    [Fact]
    public void Their_log_probability_is_the_error_of_the_predicted_noise_with_the_step_s_weight()
    {
        using var scope = NewDisposeScope();
        using var trajectory = Trajectory.Load(_folder.File("trajectories", "00000.safetensors"));
        var schedule = NoiseSchedule.Load(_folder.File("model", "scheduler"));
        var rows = Redrawn(0, [0, 1, 2], Step, pass: 0);
        var (now, steps) = (schedule.AlphasCumprod[(int)rows.Timestep], new DdimStep(schedule, TinyTrajectories.Steps));
        var score = new Policy(new GuidedDenoiser(_model.Unet, 1), steps).Score(rows);

        var noise = (rows.Latents - (trajectory.Final * Math.Sqrt(now))) / Math.Sqrt(1 - now);
        var errors = (score.Prediction - noise).pow(2).mean([1L, 2L, 3L]).data<float>().ToArray();
        // By how much a unit of predicted noise moves the mean.
        var moved = (steps.Mean(rows.Latents, ones_like(noise), rows.Timestep) - steps.Mean(rows.Latents, zeros_like(noise), rows.Timestep)).mean().item<float>();
        var weight = moved * moved / (2 * Math.Pow(steps.Sigma(rows.Timestep), 2));
        var said = score.LogProbabilities.data<float>().ToArray();
        Assert.True(errors.Max() - errors.Min() > 0.01);
        Assert.All(Enumerable.Range(1, 2), image => Assert.Equal(-weight * (errors[image] - errors[0]), said[image] - said[0], 1e-3 * weight));
    }

    [Fact]
    public void Passes_groups_and_steps_have_noise_of_their_own_whichever_images_are_asked_for()
    {
        using var scope = NewDisposeScope();
        Tensor Noisy(int group, int step, int pass, params int[] images) => Redrawn(group, images, step, pass).Latents;

        Assert.Equal(0, (Noisy(0, Step, 0, 2) - Noisy(0, Step, 0, 0, 1, 2)[2]).abs().max().item<float>());
        var here = Noisy(0, Step, 0, 1);
        Assert.All([Noisy(0, Step, 1, 1), Noisy(1, Step, 0, 1), Noisy(0, 1, 0, 1)], other => Assert.True((other - here).abs().max().item<float>() > 0.1));
        _data.Pass = null;
        using var trajectory = Trajectory.Load(_folder.File("trajectories", "00000.safetensors"));
        Assert.Equal(0, (_data.Rows(0, [1], Step).Latents - trajectory.Latents[1, Step]).abs().max().item<float>());
    }

    public void Dispose()
    {
        _data.Dispose();
        _folder.Dispose();
    }

    private PolicyRows Redrawn(int group, int[] images, int step, int pass)
    {
        _data.Redraw(Seed);
        _data.Pass = pass;
        return _data.Rows(group, images, step);
    }
}
