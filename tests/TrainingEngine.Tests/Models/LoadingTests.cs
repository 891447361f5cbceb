using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

/// <summary>What people's model folders hold besides what the released ones do.</summary>
public sealed class LoadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("mid_block_type", "null", "mid_block_type is null: this U-Net has no mid_block")]
    [InlineData("mid_block_type", "\"UNetMidBlock2D\"", "mid_block_type is UNetMidBlock2D")]
    [InlineData("in_channels", "9", "in_channels is 9, but out_channels is 4: it is an inpainting model")]
    [InlineData("in_channels", "8", "in_channels is 8, but out_channels is 4: it is a model that edits pictures")]
    [InlineData("in_channels", "7", "in_channels is 7, but out_channels is 4: it is an upscaler")]
    [InlineData("class_embed_type", "\"timestep\"", "class_embed_type is timestep")]
    [InlineData("time_cond_proj_dim", "256", "time_cond_proj_dim is 256")]
    public void A_u_net_of_another_kind_is_refused_by_what_is_missing(string key, string value, string told)
    {
        var model = Made("classic");
        Change(model, "unet/config.json", key, JsonNode.Parse(value));

        Assert.StartsWith($"{Path.Combine(model, "unet/config.json")}: {told}", Assert.Throws<EngineException>(() => StableDiffusion.Load(model)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xl", null, true)]
    [InlineData("xl", true, true)]
    [InlineData("xl", false, false)]
    [InlineData("classic", null, false)]
    public void No_negative_prompt_is_zero_where_the_model_says_so(string shape, bool? said, bool zero)
    {
        var model = Made(shape);
        if (said is { } value)
        {
            Change(model, "model_index.json", "force_zeros_for_empty_prompt", value);
        }
        var loaded = StableDiffusion.Load(model);

        var (empty, text, plain) = (loaded.EncodeNegative("", (32, 32)), loaded.EncodeNegative("blurry", (32, 32)), loaded.Encode([""], (32, 32)));

        Assert.Equal(zero, empty.Context.count_nonzero().item<long>() + (empty.Pooled?.count_nonzero().item<long>() ?? 0) == 0);
        Assert.True(text.Context.count_nonzero().item<long>() > 0);
        Assert.True(plain.Context.count_nonzero().item<long>() > 0);
        Assert.Equal(zero, !empty.Context.eq(plain.Context).all().item<bool>());
    }

    [Theory]
    [InlineData(null, ScalarType.Float16, ScalarType.Float32)]
    [InlineData(true, ScalarType.Float16, ScalarType.Float32)]
    [InlineData(false, ScalarType.Float16, ScalarType.Float16)]
    [InlineData(true, ScalarType.BFloat16, ScalarType.BFloat16)]
    public void An_autoencoder_that_float16_is_too_narrow_for_is_computed_in_float32(bool? said, ScalarType wanted, ScalarType computed)
    {
        var model = Made("classic");
        if (said is { } value)
        {
            Change(model, "vae/config.json", "force_upcast", value);
        }
        var loaded = StableDiffusion.Load(model, dtype: wanted);

        Assert.Equal((wanted, computed), (loaded.Unet.Parameters["conv_in.weight"].dtype, loaded.Vae.Parameters["decoder.conv_in.weight"].dtype));
        Assert.Single(LatentDecoder.Decode(loaded.Vae, zeros([1, 4, 8, 8], ScalarType.Float32)));
    }

    [Fact]
    public void A_picture_that_is_not_finite_is_an_error_and_never_black()
    {
        var vae = new AutoencoderKL(SmallShapes.Vae, new RandomWeights(3));
        using (no_grad())
        {
            foreach (var name in new[] { "decoder.conv_in.weight", "decoder.mid_block.resnets.0.conv1.weight", "decoder.mid_block.resnets.0.conv2.weight" })
            {
                vae.Parameters[name].mul_(1e30);
            }
        }

        Assert.Contains("is not finite", Assert.Throws<EngineException>(() => LatentDecoder.Decode(vae, ones([1, 4, 8, 8]))).Message, StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => LatentDecoder.ToPicture(full([1, 3, 2, 2], double.NaN)));
        Assert.Throws<EngineException>(() => Pixels.ToPictures(full([1, 3, 2, 2], double.PositiveInfinity)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(""", "clip_sample": null""", false)]
    [InlineData(""", "clip_sample": false""", false)]
    [InlineData(""", "clip_sample": true""", true)]
    public void A_latent_is_clamped_only_where_the_model_says_so(string said, bool clamped)
    {
        File.WriteAllText(_folder.File("scheduler_config.json"), $$"""{"_class_name": "EulerDiscreteScheduler"{{said}}}""");

        Assert.Equal(clamped, NoiseScheduleOptions.Read(_folder.Path).ClipSample);
    }

    [Fact]
    public void A_variant_is_loaded_by_its_name_and_another_is_offered()
    {
        var model = Made("classic");
        var plain = Path.Combine(model, "unet", "diffusion_pytorch_model.safetensors");
        var other = SafeTensors.ReadAll(plain);
        other["conv_in.bias"].add_(1);
        SafeTensors.Write(plain.Replace(".safetensors", ".non_ema.safetensors"), other);

        Assert.Equal(1, (StableDiffusion.Load(model, variant: "non_ema").Unet.Parameters["conv_in.bias"] - StableDiffusion.Load(model).Unet.Parameters["conv_in.bias"]).mean().item<float>(), 1e-5);
        Assert.NotEqual(ModelHash.Of(StableDiffusion.Load(model)), ModelHash.Of(StableDiffusion.Load(model, variant: "non_ema")));
        Assert.EndsWith("no variant bf16; there are non_ema", Assert.Throws<EngineException>(() => StableDiffusion.Load(model, variant: "bf16")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Float16_on_the_processor_samples_nearly_what_float32_samples()
    {
        var model = Made("classic");
        var (wide, narrow) = (Sampled(StableDiffusion.Load(model)), Sampled(StableDiffusion.Load(model, dtype: ScalarType.Float16)));

        Assert.InRange((wide - narrow).abs().max().item<float>(), 1e-6, 0.2);
    }

    private static Tensor Sampled(StableDiffusion model)
    {
        using var trajectory = new Sampler(model, NoiseSchedule.Load(Path.Combine(model.Folder, "scheduler")), new SamplingOptions { Steps = 2, GroupSize = 1 }).Sample("a red cat", 3);
        return trajectory.Final.clone();
    }

    private string Made(string shape)
    {
        RandomModel.Write(SmallShapes.All.Single(known => known.Name == shape), _folder.File(shape), ScalarType.Float32, 5);
        return _folder.File(shape);
    }

    private static void Change(string model, string file, string key, JsonNode? value)
    {
        var path = Path.Combine(model, file);
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        json[key] = value;
        File.WriteAllText(path, json.ToJsonString());
    }
}
