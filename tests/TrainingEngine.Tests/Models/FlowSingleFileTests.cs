using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

/// <summary>Stable Diffusion 3 and FLUX in one file, in their makers' layouts.</summary>
public sealed class FlowSingleFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("sd3", "model.diffusion_model.")]
    [InlineData("sd3", "")]
    [InlineData("flux", "model.diffusion_model.")]
    [InlineData("flux", "")]
    public void It_samples_what_its_folder_samples_with_the_parts_that_it_lacks_beside_it(string family, string prefix)
    {
        var source = TinyFlowModel.Write(_folder.File("source"), family);
        var file = Written(source, prefix);
        Copy(source, _folder.File("model"), file => !file.Contains("/transformer/") || file.EndsWith("config.json", StringComparison.Ordinal));

        Assert.Equal(Sampled(StableDiffusion.Load(source)), Sampled(StableDiffusion.Load(file)));
        Assert.Equal(ModelHash.Of(file), ModelHash.Of(StableDiffusion.Load(file)));
    }

    [Fact]
    public void The_shape_of_Stable_Diffusion_3_is_read_from_the_file_where_no_config_lies_beside_it()
    {
        var source = TinyFlowModel.Write(_folder.File("source"), "sd3");
        var file = Written(source, "model.diffusion_model.");
        Copy(source, _folder.File("model"), one => !one.Contains("/transformer/"));

        var (told, loaded) = ((Sd3Transformer)StableDiffusion.Load(source).Denoiser, (Sd3Transformer)StableDiffusion.Load(file).Denoiser);

        Assert.Equal(told.Config with { SampleSize = 0, Dual = [] }, loaded.Config with { SampleSize = 0, Dual = [] });
        Assert.Equal(told.Config.Dual, loaded.Config.Dual);
    }

    [Fact]
    public void A_FLUX_of_other_heads_than_the_released_ones_asks_for_its_config()
    {
        var source = TinyFlowModel.Write(_folder.File("source"), "flux");
        var file = Written(source, "");
        Copy(source, _folder.File("model"), one => !one.Contains("/transformer/"));

        Assert.Contains("its transformer/config.json is needed beside it", Assert.Throws<EngineException>(() => StableDiffusion.Load(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sd3", "vae")]
    [InlineData("flux", "text_encoder_2")]
    public void A_part_that_is_neither_in_the_file_nor_beside_it_is_told_by_name(string family, string part)
    {
        var source = TinyFlowModel.Write(_folder.File("source"), family);
        var file = Written(source, "");
        Copy(source, _folder.File("model"), one => !one.Contains($"/{part}/") || one.EndsWith("config.json", StringComparison.Ordinal));
        if (part == "text_encoder_2")
        {
            Directory.Delete(Path.Combine(_folder.File("model"), part), recursive: true);
        }

        Assert.Contains(part, Assert.Throws<EngineException>(() => StableDiffusion.Load(file)).Message, StringComparison.Ordinal);
    }

    /// <summary>The transformer alone in its makers' names.</summary>
    private string Written(string source, string prefix)
    {
        var weights = StableDiffusion.Load(source).Denoiser;
        Func<string, StoredAs?> names = weights is FluxTransformer ? FluxNames.Of : Sd3Names.Of(weights.Parameters.Keys).Of;
        var tensors = weights.Parameters.Concat(Buffers(source, weights)).GroupBy(pair => names(pair.Key)!.Value.Key).ToDictionary(
            group => prefix + group.Key, group => cat([.. group.OrderBy(pair => names(pair.Key)!.Value.Piece)
                .Select(pair => names(pair.Key)!.Value.Piece == Piece.SwappedHalves ? cat([.. pair.Value.chunk(2).Reverse()]) : pair.Value)]));
        SafeTensors.Write(_folder.File("model.safetensors"), tensors);
        return _folder.File("model.safetensors");
    }

    // The table of positions is no parameter.
    private static IEnumerable<KeyValuePair<string, Tensor>> Buffers(string source, IDenoiser weights) =>
        SafeTensors.ReadAll(Path.Combine(source, "transformer", "diffusion_pytorch_model.safetensors")).Where(pair => !weights.Parameters.ContainsKey(pair.Key));

    private static float[] Sampled(StableDiffusion model)
    {
        using var trajectory = new Sampler(model, ModelSchedule.Of(model), new SamplingOptions { Steps = 2, GroupSize = 1 }).Sample("a cat", 3);
        return trajectory.Final.data<float>().ToArray();
    }

    private static void Copy(string from, string to, Func<string, bool> wanted)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(wanted))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
