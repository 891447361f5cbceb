using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Diffusion;

public sealed class SamplerTests : IDisposable
{
    private static readonly SamplingOptions Options = new() { Steps = 4, GroupSize = 3, Guidance = 2 };
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly StableDiffusion _model;
    private readonly NoiseSchedule _schedule;

    public SamplerTests()
    {
        _model = StableDiffusion.Load(TinyModel.Write(_folder.Path));
        _schedule = NoiseSchedule.Load(_folder.File("scheduler"));
    }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_images_of_a_group_share_their_starting_noise_and_nothing_after_it()
    {
        Trajectory group = Sample(Options);

        Assert.Equal([3, 5, 4, 8, 8], group.Latents.shape);
        Assert.Equal(0, Largest(group.Latents[0, 0] - group.Latents[2, 0]));
        Assert.True(Largest(group.Latents[0, 1] - group.Latents[2, 1]) > 0.1);
        Assert.Equal(0, Largest(group.Means![0, 0] - group.Means[2, 0]));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_another_group()
    {
        Trajectory first = Sample(Options), second = Sample(Options), other = Sample(Options, seed: 6);

        Assert.Equal(0, Largest(first.Latents - second.Latents));
        Assert.Equal(0, Largest(first.LogProbabilities! - second.LogProbabilities!));
        Assert.True(Largest(first.Latents - other.Latents) > 0.1);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(5, 0)]
    [InlineData(5, 2)]
    public void An_image_depends_neither_on_the_groups_size_nor_on_how_many_are_computed_at_once(int size, int atOnce)
    {
        Trajectory usual = Sample(Options), other = Sample(Options with { GroupSize = size, ImagesAtOnce = atOnce });

        Assert.InRange(Largest(usual.Latents - other.Latents.narrow(0, 0, 3)), 0, 1e-4);
        Assert.Equal(usual.Origin.ImageSeeds, other.Origin.ImageSeeds.Take(3));
    }

    [Fact]
    public void Groups_sampled_together_are_what_each_is_alone()
    {
        var sampler = new Sampler(_model, _schedule, Options);

        IReadOnlyList<Trajectory> together = sampler.Sample([new("a cat", 5), new("a dog", 6)]);

        Assert.Equal(9, sampler.GroupsTogether);
        foreach (var (trajectory, alone) in together.Zip([sampler.Sample("a cat", 5), sampler.Sample("a dog", 6)]))
        {
            Assert.InRange(Largest(trajectory.Latents - alone.Latents), 0, 1e-4);
            Assert.InRange(Largest(trajectory.Means! - alone.Means!), 0, 1e-4);
            Assert.InRange(Largest(trajectory.LogProbabilities! - alone.LogProbabilities!), 0, 1e-4);
            Assert.Equal((alone.Origin.Prompt, alone.Origin.Seed), (trajectory.Origin.Prompt, trajectory.Origin.Seed));
            Assert.Equal(alone.Origin.ImageSeeds, trajectory.Origin.ImageSeeds);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void The_stored_log_probability_is_that_of_the_stored_latent(ScalarType storage)
    {
        Trajectory group = Sample(Options with { Storage = storage });
        var step = new DdimStep(_schedule, Options.Steps);

        Assert.Equal(storage, group.Latents.dtype);
        for (int at = 0; at < Options.Steps; at++)
        {
            long t = group.Timesteps[at];
            Tensor again = step.LogProbability(group.Means!.select(1, at), group.Latents.select(1, at + 1), t);
            Assert.Equal(0, Largest(again - group.LogProbabilities!.select(1, at)));
        }
    }

    [Fact]
    public void A_step_from_the_stored_latent_leads_to_the_stored_mean()
    {
        Trajectory group = Sample(Options);
        using var gradients = no_grad();
        var step = new DdimStep(_schedule, Options.Steps);
        var (text, nothing) = (_model.Encode(["a cat"], (16, 16)), _model.Encode([""], (16, 16)));
        Tensor latents = group.Latents.select(1, 2);
        Tensor output = new GuidedDenoiser(_model.Unet, Options.Guidance).Predict(latents, [group.Timesteps[2]], text.Repeat(3), nothing.Repeat(3));

        Assert.InRange(Largest(step.Mean(latents, output, group.Timesteps[2]) - group.Means!.select(1, 2)), 0, 1e-5);
    }

    [Fact]
    public void Without_eta_all_images_are_one_and_there_is_nothing_to_score()
    {
        Trajectory group = Sample(Options with { Eta = 0 });

        Assert.Null(group.LogProbabilities);
        Assert.InRange(Largest(group.Final[0] - group.Final[2]), 0, 1e-4);
    }

    [Fact]
    public void Guidance_1_does_not_look_at_the_negative_prompt_and_2_does()
    {
        Tensor At(double guidance, string negative) => Sample(Options with { Guidance = guidance, Negative = negative }).Final;

        Assert.Equal(0, Largest(At(1, "") - At(1, "dog")));
        Assert.True(Largest(At(2, "") - At(2, "dog")) > 1e-4);
    }

    [Fact]
    public void Detaching_the_unconditional_branch_changes_the_gradient_and_not_the_value()
    {
        Tensor latents = ones(1, 4, 8, 8), weight = _model.Unet.Parameters["conv_out.weight"];
        TextConditioning text = _model.Encode(["a cat"], (16, 16)), nothing = _model.Encode([""], (16, 16));
        (Tensor Value, Tensor Gradient) Of(bool detach)
        {
            weight.requires_grad_();
            Tensor value = new GuidedDenoiser(_model.Unet, 3, detach).Predict(latents, [501], text, nothing);
            return (value.detach(), autograd.grad([value.square().sum()], [weight])[0]);
        }

        var (both, one) = (Of(false), Of(true));
        weight.requires_grad_(false);

        Assert.InRange(Largest(both.Value - one.Value), 0, 1e-5);
        Assert.True(Largest(both.Gradient - one.Gradient) > 1e-3);
    }

    [Fact]
    public void Weights_that_are_not_numbers_are_an_error_instead_of_a_black_image()
    {
        _model.Unet.Parameters["conv_out.bias"].fill_(float.NaN);

        Assert.Contains("not finite", Assert.Throws<EngineException>(() => Sample(Options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        foreach (SamplingOptions options in new[]
        {
            Options with { Width = 17 }, Options with { GroupSize = 0 }, Options with { Guidance = 0.5 }, Options with { Eta = 2 }, Options with { Steps = 0 },
        })
        {
            Assert.Throws<EngineException>(() => new Sampler(_model, _schedule, options));
        }
    }

    [Fact]
    public void Decoding_gives_a_picture_per_image()
    {
        var pictures = LatentDecoder.Decode(_model.Vae, Sample(Options).Final);

        Assert.Equal(3, pictures.Count);
        Assert.All(pictures, picture => Assert.Equal((16, 16), (picture.Width, picture.Height)));
    }

    [Fact]
    public void Decoded_values_are_rounded_and_clamped_to_bytes()
    {
        Tensor decoded = tensor(new[] { -3f, -1f, 0f, 1f, 9f, 0.1f }, [1, 3, 1, 2]);

        Assert.Equal(new byte[] { 0, 128, 255, 0, 255, 140 }, LatentDecoder.ToPicture(decoded).Rgb);
    }

    private Trajectory Sample(SamplingOptions options, ulong seed = 5)
    {
        Trajectory group = new Sampler(_model, _schedule, options).Sample("a cat", seed);
        foreach (Tensor? kept in new[] { group.Latents, group.LogProbabilities, group.Means })
        {
            if (kept is not null)
            {
                _scope.Attach(kept);
            }
        }

        return group;
    }

    private static double Largest(Tensor difference) => difference.to(float32).abs().max().item<float>();
}
