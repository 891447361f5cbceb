using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Loop;
using Labeler.TrainingEngine.Training.Memory;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Training;

/// <summary>What a job takes is known, and refused, before it begins.</summary>
public sealed class MemoryTests : IDisposable
{
    private const long Gigabyte = 1_000_000_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sd15", 859_520_964, 123_060_480, 83_653_863)]
    [InlineData("sdxl", 2_567_463_684, 817_720_320, 83_653_863)]
    public void The_weights_of_released_models_are_counted_without_any(string name, long denoiser, long texts, long vae)
    {
        var model = Footprints.Like(name);

        Assert.Equal((denoiser, texts, vae), (model.Denoiser, model.Texts, model.Vae));
    }

    [Fact]
    public void A_model_that_is_loaded_has_the_footprint_of_its_shape_and_of_its_files()
    {
        var model = StableDiffusion.Load(TinyModel.Write(_folder.File("model")));

        var counted = Footprints.Of(model);

        Assert.Equal(model.Unet.Parameters.Values.Sum(weight => weight.numel()), counted.Denoiser);
        // What a folder holds besides is not loaded.
        Directory.CreateDirectory(_folder.File("model", "safety_checker"));
        File.Copy(_folder.File("model", "vae", "diffusion_pytorch_model.safetensors"), _folder.File("model", "safety_checker", "model.safetensors"));
        Assert.Equal(counted.Denoiser + counted.Texts + counted.Vae, StoredNumbers.Of(_folder.File("model")));
        Assert.Equal(counted.Denoiser + counted.Vae, StoredNumbers.Of(_folder.File("model"), Offloads.Texts));
        Assert.Equal(counted.Denoiser, StoredNumbers.Of(_folder.File("model"), Offloads.Texts | Offloads.Vae));
        Assert.Equal(16, counted.Size);
    }

    [Theory]
    [InlineData("sd")]
    [InlineData("xl")]
    [InlineData("sd3")]
    [InlineData("flux")]
    public void A_models_files_alone_say_what_it_says_once_it_is_loaded(string family)
    {
        var folder = family switch
        {
            "sd" => TinyModel.Write(_folder.File("model")),
            "xl" => TinyModel.WriteXl(_folder.File("model")),
            _ => TinyFlowModel.Write(_folder.File("model"), family),
        };
        var (loaded, stored) = (Footprints.Of(StableDiffusion.Load(folder)), StoredFootprint.Read(folder)!);

        FootprintsOf.AssertAlike(loaded, stored);
    }

    [Fact]
    public void Trained_text_encoders_take_memory_too()
    {
        var sd15 = Footprints.Like("sd15");
        var training = new MemoryWork(512, 512, 1, 2, ComputeType.Float32) { Trained = 4 * sd15.Adapted };

        var with = MemoryEstimate.Of(sd15, training with { Trained = 4 * (sd15.Adapted + sd15.AdaptedTexts), TrainsTexts = true });

        // Twelve layers of four projections, 768 wide.
        Assert.Equal(12 * 4 * 2 * 768, sd15.AdaptedTexts);
        Assert.True(with.Trained > MemoryEstimate.Of(sd15, training).Trained && with.Activations > MemoryEstimate.Of(sd15, training).Activations);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_would()
    {
        var sd35 = Footprints.Like("sd35-medium");
        var sampling = new MemoryWork(1024, 1024, 1, 2, ComputeType.Float32);

        var error = Assert.Throws<EngineException>(() => MemoryCheck.Require(sd35, sampling, 24 * Gigabyte, estimate => estimate.Peak));

        Assert.Contains("24.0 GB are free", error.Message, StringComparison.Ordinal);
        Assert.Contains("bfloat16", error.Message, StringComparison.Ordinal);
        Assert.Contains("text encoders offloaded", error.Message, StringComparison.Ordinal);
        MemoryCheck.Require(sd35, sampling with { Type = ComputeType.BFloat16 }, 24 * Gigabyte, estimate => estimate.Peak);
        var none = Assert.Throws<EngineException>(() => MemoryCheck.Require(sd35, sampling, Gigabyte, estimate => estimate.Peak));
        Assert.Contains("fits nowhere below", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_processor_nothing_can_be_elsewhere()
    {
        var sd35 = Footprints.Like("sd35-medium");
        var sampling = new MemoryWork(1024, 1024, 1, 2, ComputeType.BFloat16);

        var error = Assert.Throws<EngineException>(() => MemoryCheck.Require(sd35, sampling, 19 * Gigabyte, estimate => estimate.Peak, onProcessor: true));

        Assert.DoesNotContain("offloaded", error.Message, StringComparison.Ordinal);
        Assert.Contains("fits nowhere below", error.Message, StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => MemoryCheck.Require(
            sd35, sampling with { TextsElsewhere = true, Tiles = true }, 19 * Gigabyte, estimate => estimate.Peak, onProcessor: true));
        MemoryCheck.Require(sd35, sampling with { TextsElsewhere = true, Tiles = true }, 19 * Gigabyte, estimate => estimate.Peak);
    }

    [Fact]
    public void Each_way_to_save_memory_is_named_where_it_alone_suffices()
    {
        var sdxl = Footprints.Like("sdxl");
        var training = new MemoryWork(1024, 1024, 8, 1, ComputeType.BFloat16) { Trained = 4 * sdxl.Adapted };
        string Refused(MemoryWork work, long free) =>
            Assert.Throws<EngineException>(() => MemoryCheck.Require(sdxl, work, free, estimate => estimate.Growth)).Message;
        long Of(MemoryWork work) => MemoryEstimate.Of(sdxl, work).Growth;

        Assert.Contains("a micro-batch of 4,", Refused(training, Of(training with { ImagesAtOnce = 4 })), StringComparison.Ordinal);
        Assert.Contains("activations computed again", Refused(training, Of(training with { Recompute = true })), StringComparison.Ordinal);
        var sampling = new MemoryWork(1024, 1024, 1, 1, ComputeType.Float32);
        Assert.Contains("decoding in tiles", Refused(sampling, Of(sampling with { Tiles = true })), StringComparison.Ordinal);
        Assert.True(Of(training with { Recompute = true }) < Of(training) / 3);
        Assert.True(Of(sampling with { Type = ComputeType.BFloat16 }) < Of(sampling));
    }

    [Fact]
    public void An_autoencoder_that_is_offloaded_takes_its_memory_only_while_it_decodes()
    {
        var sdxl = Footprints.Like("sdxl");
        var sampling = new MemoryWork(1024, 1024, 8, 2, ComputeType.BFloat16);
        var (there, elsewhere) = (MemoryEstimate.Of(sdxl, sampling), MemoryEstimate.Of(sdxl, sampling with { VaeElsewhere = true }));
        Assert.Equal(2 * sdxl.Vae, there.Weights - elsewhere.Weights);
        Assert.Equal(2 * sdxl.Vae, elsewhere.Decoding - there.Decoding);
        var training = sampling with { Trained = 4 * sdxl.Adapted };
        Assert.True(MemoryEstimate.Of(sdxl, training with { VaeElsewhere = true }).Peak < MemoryEstimate.Of(sdxl, training).Peak);
    }

    [Fact]
    public void An_autoencoder_that_is_kept_elsewhere_is_copied_to_where_it_is_used_and_the_copy_goes()
    {
        using var scope = NewDisposeScope();
        var model = StableDiffusion.Load(TinyModel.Write(_folder.File("model")), offloaded: Offloads.Texts | Offloads.Vae);
        using (var here = model.UseVae())
        {
            Assert.Same(model.Vae, here.Vae);
        }
        var used = new VaeInUse(model.Vae, new Device(TorchSharp.DeviceType.META));
        var copied = used.Vae.Parameters.Values.ToList();
        Assert.All(copied, weight => Assert.Equal(TorchSharp.DeviceType.META, weight.device_type));
        used.Dispose();
        Assert.All(copied, weight => Assert.True(weight.IsInvalid));

        var latents = randn(1, 4, 8, 8);
        Assert.True(model.Vae.CopiedTo(CPU).Decode(latents).eq(model.Vae.Decode(latents)).all().item<bool>());
    }

    [Fact]
    public void Training_asks_before_its_first_step()
    {
        var model = StableDiffusion.Load(TinyModel.Write(_folder.File("model")));
        var place = new RunOptions { Output = _folder.File("run"), MicroBatch = 1_000_000_000 };

        var error = Assert.Throws<EngineException>(() => MemoryPlan.For(model, 16, 16, 2, place, new TrainedPart.Adapter()));

        Assert.Contains("it would fit with a micro-batch of", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, MemoryPlan.For(model, 16, 16, 2, place with { MicroBatch = 2 }, new TrainedPart.Adapter()).ImagesAtOnce);
    }

    [Fact]
    public void Sampling_asks_before_its_first_step()
    {
        var model = StableDiffusion.Load(TinyModel.Write(_folder.File("model")));
        var options = new SamplingOptions { Steps = 2, ImagesAtOnce = 1_000_000_000 };

        var error = Assert.Throws<EngineException>(() =>
            MemoryCheck.RequireSampling(model, new Sampler(model, ModelSchedule.Of(model), options), options, tiles: false));

        Assert.Contains("a micro-batch of", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_says_what_it_has_free()
    {
        Assert.InRange(FreeMemory.Of(CPU)!.Value, 1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }
}
