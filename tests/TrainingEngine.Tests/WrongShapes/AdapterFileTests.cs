using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Tests.Lora;
using Labeler.TrainingEngine.Tests.Training;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.WrongShapes;

public sealed class AdapterFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Formats => [.. LoraFormats.All];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_tensor_of_an_adapter_is_refused_in_a_wrong_shape_in_every_format(string format)
    {
        var unet = TinyUNet.Make();
        var targets = format == "attention processors" ? LoraTargets.Attention : LoraTargets.Attention | LoraTargets.AllLinear | LoraTargets.Convolutions;
        using (var scope = NewDisposeScope())
        using (var adapter = LoraAdapter.Create(unet, targets, 3, 3, 0))
        {
            LoraFormats.Write(format, _folder.File("right.safetensors"), adapter.Branches);
        }

        var file = new ReshapedFile(_folder.File("right.safetensors"));
        var target = _folder.File("adapter.safetensors");
        file.Write(target, new Dictionary<string, long[]>());
        LoraAdapter.Load(unet, target).Dispose();

        var refused = 0;
        foreach (var wrong in file.Faults(LoraReader.ListedProblems))
        {
            file.Write(target, wrong);
            var error = Assert.Throws<EngineException>(() => LoraAdapter.Load(unet, target)).Message;
            Assert.StartsWith($"the adapter {target} does not fit: ", error, StringComparison.Ordinal);
            Assert.Contains("should be", error, StringComparison.Ordinal);
            foreach (var (key, shape) in wrong)
            {
                Assert.Contains($"{key} is {Shapes.Told(shape)}", error, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.Equal(2 * file.Shapes.Count, refused);
    }

    [Fact]
    public void Both_halves_of_a_wrong_branch_are_told_with_the_shapes_that_are_needed()
    {
        var unet = TinyUNet.Make();
        using var scope = NewDisposeScope();
        using (var adapter = LoraAdapter.Create(unet, LoraTargets.Attention, 2, 2, 0))
        {
            LoraWriter.Diffusers(_folder.File("adapter.safetensors"), adapter.Branches);
        }

        var tensors = SafeTensors.ReadAll(_folder.File("adapter.safetensors"));
        const string Layer = "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k.lora";
        tensors[$"{Layer}.down.weight"] = zeros(2, 9);
        SafeTensors.Write(_folder.File("adapter.safetensors"), tensors);

        var error = Assert.Throws<EngineException>(() => LoraAdapter.Load(unet, _folder.File("adapter.safetensors"))).Message;

        Assert.EndsWith($"{Layer}.down.weight is [2, 9] and {Layer}.up.weight is [16, 2]; for a weight [16, 8] they should be [rank, 8] and [16, rank]", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"alpha_pattern": {"(": 3}}""")]
    [InlineData("""{"lora_alpha": "many"}""")]
    [InlineData("null")]
    public void A_peft_config_that_makes_no_sense_is_refused(string config)
    {
        var unet = TinyUNet.Make();
        using (var adapter = LoraAdapter.Create(unet, LoraTargets.Attention, 2, 2, 0))
        {
            LoraFormats.Write("peft", _folder.File("adapter.safetensors"), adapter.Branches);
        }

        File.WriteAllText(_folder.File(PeftConfig.FileName), config);

        var error = Assert.Throws<EngineException>(() => LoraAdapter.Load(unet, _folder.File("adapter.safetensors"))).Message;

        Assert.StartsWith($"{_folder.File(PeftConfig.FileName)} cannot be read", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_of_a_peft_config_that_would_be_matched_for_ever_is_an_error()
    {
        var config = new PeftConfig(8, new Dictionary<string, double> { ["(.+)*[0-9]q"] = 3 }, UseRslora: false, UseDora: false);

        Assert.Contains("(.+)*[0-9]q", Assert.Throws<EngineException>(() => config.Alpha(string.Concat(Enumerable.Repeat("x.", 40)), 4)).Message, StringComparison.Ordinal);
    }
}
