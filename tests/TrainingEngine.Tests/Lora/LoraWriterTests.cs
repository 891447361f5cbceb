using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Tests.Models;
using Labeler.TrainingEngine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Lora;

/// <summary>What is written in each of the three formats is read back equal, of every kind of model.</summary>
public sealed class LoraWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, string> All => Matrix();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_adapter_is_read_back_equal_with_mixed_ranks_and_alphas(string kind, string format)
    {
        var model = Base(kind);
        var branches = Branches(model, every: 1);

        BranchFile.AssertSame(branches, Written(format, model, branches), 1e-5);
    }

    [Theory]
    [InlineData("flux")]
    [InlineData("sd3")]
    public void Some_layers_of_those_that_kohya_has_in_one_are_enough(string kind)
    {
        var model = Base(kind);
        var branches = Branches(model, every: 3);
        var back = Written("kohya", model, branches);

        BranchFile.AssertSame(branches, back.Where(pair => branches.ContainsKey(pair.Key)).ToDictionary(), 1e-5);
        Assert.All(back.Where(pair => !branches.ContainsKey(pair.Key)), pair => Assert.Equal(0, BranchFile.Delta(pair.Value).abs().max().item<float>()));
    }

    [Theory]
    [InlineData("xl", "lora_te1_")]
    [InlineData("classic", "lora_te_")]
    public void Kohya_gets_an_alpha_for_every_branch_and_its_names_for_text_encoders(string kind, string prefix)
    {
        var model = Base(kind);
        LoraWriter.Kohya(_folder.File("kohya.safetensors"), Branches(model, every: 1), null, model);
        using var file = SafeTensors.Open(_folder.File("kohya.safetensors"));

        var layers = file.Names.Select(name => name.Split('.')[0]).Distinct().ToList();

        Assert.All(layers, layer => Assert.Contains($"{layer}.alpha", file.Names));
        Assert.Equal(3 * layers.Count, file.Names.Count);
        Assert.Contains(layers, layer => layer.StartsWith(prefix, StringComparison.Ordinal));
        Assert.Equal(kind == "xl", layers.Any(layer => layer.StartsWith("lora_te2_", StringComparison.Ordinal)));
    }

    [Fact]
    public void PEFT_gets_the_usual_rank_and_alpha_and_patterns_for_the_others()
    {
        var model = Base("classic");
        LoraWriter.Peft(_folder.Path, Branches(model, every: 1));

        var config = JsonNode.Parse(File.ReadAllText(_folder.File(PeftConfig.FileName)))!;

        Assert.Equal("LORA", config["peft_type"]!.GetValue<string>());
        Assert.NotEmpty(config["rank_pattern"]!.AsObject());
        Assert.NotEmpty(config["alpha_pattern"]!.AsObject());
        Assert.True(File.Exists(_folder.File("text_encoder", LoraFile.PeftName)));
    }

    private static TheoryData<string, string> Matrix()
    {
        var all = new TheoryData<string, string>();
        foreach (var kind in new[] { "xl", "classic", "flux", "sd3" })
        {
            foreach (var format in new[] { "diffusers", "kohya", "peft" })
            {
                all.Add(kind, format);
            }
        }
        return all;
    }

    private IReadOnlyDictionary<string, LoraTensors> Written(string format, LoraBase model, IReadOnlyDictionary<string, LoraTensors> branches)
    {
        switch (format)
        {
            case "diffusers":
                LoraWriter.Diffusers(_folder.File("adapter.safetensors"), branches);
                break;
            case "kohya":
                LoraWriter.Kohya(_folder.File("adapter.safetensors"), branches, null, model);
                break;
            default:
                LoraWriter.Peft(_folder.Path, branches);
                return Directory.GetFiles(_folder.Path, LoraFile.PeftName, SearchOption.AllDirectories).SelectMany(file => LoraFile.Read(file, model)).ToDictionary();
        }
        return LoraFile.Read(_folder.File("adapter.safetensors"), model);
    }

    private static Dictionary<string, LoraTensors> Branches(LoraBase model, int every) => model.Shapes.Where((_, n) => n % every == 0).Select((layer, n) =>
    {
        var (down, up) = BranchFile.Halves(layer.Value, 1 + (n % 3), (ulong)n);
        return (layer.Key, new LoraTensors(down, up, new[] { 1.0, 2, 1.5 }[n % 3]));
    }).ToDictionary(pair => pair.Key, pair => pair.Item2);

    private LoraBase Base(string kind)
    {
        if (kind is "flux" or "sd3")
        {
            return new(new Dictionary<string, IReadOnlyDictionary<string, long[]>> { ["transformer"] = kind == "flux" ? Flux() : Sd3(), ["text_encoder"] = Text(), ["text_encoder_2"] = kind == "flux" ? T5() : Text() });
        }
        RandomModel.Write(SmallShapes.All.Single(shape => shape.Name == kind), _folder.File("model"), ScalarType.Float32, 5);
        return new(LoraAdapter.PartsOf(StableDiffusion.Load(_folder.File("model"))));
    }

    private static Dictionary<string, long[]> Flux() => new()
    {
        ["x_embedder"] = [8, 16],
        ["transformer_blocks.0.norm1.linear"] = [48, 8],
        ["transformer_blocks.0.attn.to_q"] = [8, 8],
        ["transformer_blocks.0.attn.to_k"] = [8, 8],
        ["transformer_blocks.0.attn.to_v"] = [8, 8],
        ["transformer_blocks.0.attn.add_q_proj"] = [8, 8],
        ["transformer_blocks.0.attn.add_k_proj"] = [8, 8],
        ["transformer_blocks.0.attn.add_v_proj"] = [8, 8],
        ["transformer_blocks.0.attn.to_out.0"] = [8, 8],
        ["transformer_blocks.0.ff.net.0.proj"] = [32, 8],
        ["single_transformer_blocks.0.attn.to_q"] = [8, 8],
        ["single_transformer_blocks.0.attn.to_k"] = [8, 8],
        ["single_transformer_blocks.0.attn.to_v"] = [8, 8],
        ["single_transformer_blocks.0.proj_mlp"] = [32, 8],
        ["single_transformer_blocks.0.proj_out"] = [8, 40],
        ["norm_out.linear"] = [16, 8],
        ["proj_out"] = [16, 8],
    };

    private static Dictionary<string, long[]> Sd3() => new()
    {
        ["transformer_blocks.0.norm1_context.linear"] = [48, 8],
        ["transformer_blocks.0.attn.to_q"] = [8, 8],
        ["transformer_blocks.0.attn.to_k"] = [8, 8],
        ["transformer_blocks.0.attn.to_v"] = [8, 8],
        ["transformer_blocks.0.attn2.to_q"] = [8, 8],
        ["transformer_blocks.0.attn2.to_k"] = [8, 8],
        ["transformer_blocks.0.attn2.to_v"] = [8, 8],
        ["transformer_blocks.1.norm1_context.linear"] = [16, 8],
        ["transformer_blocks.1.attn.add_q_proj"] = [8, 8],
        ["transformer_blocks.1.attn.add_k_proj"] = [8, 8],
        ["transformer_blocks.1.attn.add_v_proj"] = [8, 8],
        ["norm_out.linear"] = [16, 8],
    };

    private static Dictionary<string, long[]> Text() => new() { ["text_model.encoder.layers.0.self_attn.q_proj"] = [8, 8] };

    private static Dictionary<string, long[]> T5() => new() { ["encoder.block.0.layer.0.SelfAttention.q"] = [8, 8] };
}
