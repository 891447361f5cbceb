using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Tests.Training;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Lora;

public sealed class LoraAdapterTests : IDisposable
{
    private const LoraTargets Everything = LoraTargets.Attention | LoraTargets.AllLinear | LoraTargets.Convolutions;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lora");
    private readonly UNet2DConditionModel _unet = TinyUNet.Make();

    [Theory]
    [InlineData(LoraTargets.Attention, 16)]
    [InlineData(LoraTargets.Attention | LoraTargets.FeedForward, 20)]
    [InlineData(LoraTargets.FeedForward, 4)]
    public void Targets_choose_the_layers(LoraTargets targets, int layers)
    {
        using var adapter = LoraAdapter.Create(_unet, targets, 4, 4, 0);

        // Two transformers on the way (down, middle, up 2) … each with two attentions of four projections.
        Assert.Equal(layers * 2, adapter.Branches.Count);
    }

    [Fact]
    public void A_new_adapter_changes_nothing_and_a_trained_one_does_until_it_is_off()
    {
        var plain = TinyUNet.Answer(_unet);
        using (var adapter = LoraAdapter.Create(_unet, Everything, 2, 2, 0))
        {
            Assert.Equal(plain, TinyUNet.Answer(_unet));
            var down = adapter.Branches.Values.First().Down;
            Assert.Equal(0.5, down.std().item<float>(), 0.25);

            Fill(adapter);
            Assert.NotEqual(plain, TinyUNet.Answer(_unet));
            using (_unet.Adapter.Off())
            {
                Assert.Equal(plain, TinyUNet.Answer(_unet));
            }
        }
        Assert.Equal(plain, TinyUNet.Answer(_unet));
    }

    [Theory]
    [InlineData("diffusers")]
    [InlineData("attention processors")]
    [InlineData("kohya")]
    [InlineData("peft")]
    public void An_adapter_answers_the_same_after_a_round_trip_through_each_format(string format)
    {
        var targets = format == "attention processors" ? LoraTargets.Attention : Everything;
        var path = Path.Combine(_folder.FullName, "adapter.safetensors");
        float[] before;
        using (var adapter = LoraAdapter.Create(_unet, targets, 3, format == "attention processors" ? 3 : 6, 0))
        {
            Fill(adapter);
            before = TinyUNet.Answer(_unet);
            LoraFormats.Write(format, path, adapter.Branches);
        }

        using var again = LoraAdapter.Load(_unet, path);

        Assert.Equal(before, TinyUNet.Answer(_unet));
    }

    [Fact]
    public void What_does_not_fit_is_told_in_one_error()
    {
        using var adapter = LoraAdapter.Create(_unet, LoraTargets.Attention, 2, 2, 0);
        var path = Path.Combine(_folder.FullName, "adapter.safetensors");
        LoraWriter.Diffusers(path, adapter.Branches);
        var tensors = SafeTensors.ReadAll(path);
        var keys = tensors.Keys.Order(StringComparer.Ordinal).ToArray();
        tensors["unet.nowhere.lora.down.weight"] = zeros(2, 8);
        tensors.Remove(keys[0]);
        tensors[keys[3]] = zeros(3, 3);
        tensors[keys[4]] = full_like(tensors[keys[4]], double.NaN);
        SafeTensors.Write(path, tensors);

        var error = Assert.Throws<EngineException>(() => LoraAdapter.Load(_unet, path)).Message;

        Assert.Contains("unet.nowhere.lora.down.weight belongs to no layer", error);
        Assert.Contains("has only up", error);
        Assert.Contains("[3, 3]", error);
        Assert.Contains("not finite", error);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused()
    {
        var path = Path.Combine(_folder.FullName, "other.safetensors");
        SafeTensors.Write(path, new Dictionary<string, Tensor> { ["lora_te_text_model_encoder_layers_0_mlp_fc1.alpha"] = tensor(1f) });

        Assert.Contains("belongs to no layer", Assert.Throws<EngineException>(() => LoraAdapter.Load(_unet, path)).Message);
        Assert.Contains("there is no adapter", Assert.Throws<EngineException>(() => LoraAdapter.Load(_unet, _folder.FullName)).Message);
        Assert.Contains("rank", Assert.Throws<EngineException>(() => LoraAdapter.Create(_unet, Everything, 0, 1, 0)).Message);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Fill(LoraAdapter adapter)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var generator = new Generator(9);
        foreach (var (_, weight) in adapter.Parameters)
        {
            weight.copy_(randn(weight.shape, generator: generator) * 0.3);
        }
    }
}
