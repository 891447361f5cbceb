using Labeler.TrainingEngine.Lora;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Lora;

/// <summary>What scales a branch of rank 4: the number that its file holds, what its header or a config beside it says, or nothing.</summary>
public sealed class LoraScaleTests : IDisposable
{
    private const string Path = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q", Layer = $"unet.{Path}";
    private static readonly long[] Weight = [8, 8];
    private static readonly LoraBase Model = new(new Dictionary<string, IReadOnlyDictionary<string, long[]>>
    {
        ["unet"] = new Dictionary<string, long[]> { [Path] = Weight },
        ["text_encoder"] = new Dictionary<string, long[]> { ["text_model.encoder.layers.0.self_attn.q_proj"] = Weight },
    });

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(8f, 2)]
    [InlineData(1f, 0.25)]
    [InlineData(0f, 1)]
    public void The_number_that_kohya_writes_counts_and_0_stands_for_the_rank(float? alpha, double scale)
    {
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16 })
        {
            var (down, up) = BranchFile.Halves(Weight, 4);
            var name = "lora_unet_" + Path.Replace('.', '_');
            var path = BranchFile.Write(_folder, null, [
                ($"{name}.lora_down.weight", down.to(type)), ($"{name}.lora_up.weight", up.to(type)),
                .. alpha is { } given ? new[] { ($"{name}.alpha", tensor(given).to(type)) } : []]);

            Assert.Equal(scale, Only(path).Scale);
        }
    }

    [Theory]
    [InlineData("""{"unet.r": 4, "unet.lora_alpha": 8, "unet.use_rslora": false}""", 2)]
    [InlineData("""{"unet.r": 4, "unet.lora_alpha": 8, "unet.use_rslora": true}""", 4)]
    [InlineData("""{"unet.lora_alpha": 8, "unet.alpha_pattern": {"attn1.to_q": 2}, "unet.rank_pattern": {}}""", 0.5)]
    [InlineData("""{"unet.lora_alpha": 8, "unet.alpha_pattern": {"^down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q": 12}}""", 3)]
    [InlineData("""{"text_encoder.lora_alpha": 8}""", 1)]
    [InlineData("""{"r": 4, "lora_alpha": 16}""", 4)]
    public void What_the_header_says_counts_for_the_part_that_it_names(string metadata, double scale) =>
        Assert.Equal(scale, Only(Diffusers(new() { ["lora_adapter_metadata"] = metadata })).Scale);

    [Theory]
    [InlineData("""{"unet.use_dora": true}""", "DoRA")]
    [InlineData("""{"unet.lora_alpha": "many"}""", "cannot be read")]
    [InlineData("[1", "lora_adapter_metadata")]
    public void A_header_that_asks_for_what_is_not_supported_or_makes_no_sense_is_refused(string metadata, string told) => Assert.Contains(
        told, Assert.Throws<EngineException>(() => Only(Diffusers(new() { ["lora_adapter_metadata"] = metadata }))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"r": 16, "lora_alpha": 8}""", 2)]
    [InlineData("""{"r": 4, "lora_alpha": 8, "use_rslora": true}""", 4)]
    [InlineData("""{"r": 4, "lora_alpha": 8, "alpha_pattern": {"to_q": 1}}""", 0.25)]
    [InlineData("""{"r": 4, "lora_alpha": 8, "alpha_pattern": null, "use_dora": null}""", 2)]
    public void What_lies_beside_a_file_of_PEFT_counts(string config, double scale)
    {
        File.WriteAllText(_folder.File(PeftConfig.FileName), config);
        var (down, up) = BranchFile.Halves(Weight, 4);

        Assert.Equal(scale, Only(BranchFile.Write(_folder, null, ($"base_model.model.{Path}.lora_A.weight", down), ($"base_model.model.{Path}.lora_B.weight", up))).Scale);
    }

    [Theory]
    [InlineData("""{"peft_type": "LOHA"}""", "LoHa")]
    [InlineData("""{"peft_type": "LOKR"}""", "LoKr")]
    [InlineData("""{"peft_type": "IA3"}""", "IA3")]
    [InlineData("""{"use_dora": true}""", "DoRA")]
    [InlineData("""{"init_lora_weights": "pissa_niter_16"}""", "pissa")]
    public void A_config_of_another_kind_is_refused_by_its_name(string config, string kind)
    {
        File.WriteAllText(_folder.File(PeftConfig.FileName), config);
        var (down, up) = BranchFile.Halves(Weight, 4);
        var path = BranchFile.Write(_folder, null, ($"base_model.model.{Path}.lora_A.weight", down), ($"base_model.model.{Path}.lora_B.weight", up));

        Assert.Contains($"asks for {kind}", Assert.Throws<EngineException>(() => Only(path)).Message, StringComparison.Ordinal);
    }

    private string Diffusers(Dictionary<string, string> metadata)
    {
        var (down, up) = BranchFile.Halves(Weight, 4);
        return BranchFile.Write(_folder, metadata, ($"{Layer}.lora_A.weight", down), ($"{Layer}.lora_B.weight", up));
    }

    private static LoraTensors Only(string path) => Assert.Single(LoraFile.Read(path, Model)).Value;
}
