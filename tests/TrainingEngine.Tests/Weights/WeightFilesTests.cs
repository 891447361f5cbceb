using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Tests.Weights;

public sealed class WeightFilesTests : IDisposable
{
    private const string Name = "diffusion_pytorch_model";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, $"{Name}.safetensors", $"{Name}.safetensors", $"{Name}.bf16.safetensors", $"{Name}.non_ema.safetensors")]
    [InlineData("bf16", $"{Name}.bf16.safetensors", $"{Name}.safetensors", $"{Name}.bf16.safetensors", $"{Name}.non_ema.safetensors")]
    [InlineData("bf16", $"{Name}.safetensors", $"{Name}.safetensors")]
    [InlineData(null, $"{Name}.bf16.safetensors", $"{Name}.bf16.safetensors")]
    [InlineData(null, $"{Name}.fp16.safetensors", $"{Name}.fp16.safetensors", $"{Name}.non_ema.safetensors")]
    public void A_variant_is_taken_by_its_name_and_the_only_one_without(string? variant, string taken, params string[] there)
    {
        Make(there);

        Assert.Equal([_folder.File(taken)], WeightFiles.Of(_folder.Path, Name, variant));
    }

    [Fact]
    public void Where_a_choice_is_to_be_made_the_variants_are_offered_by_name()
    {
        Make($"{Name}.bf16.safetensors", $"{Name}.non_ema.safetensors");

        var error = Assert.Throws<EngineException>(() => WeightFiles.Of(_folder.Path, Name)).Message;

        Assert.EndsWith("there are its variants bf16, non_ema: choose one with --variant", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shards_of_a_variant_are_no_variants()
    {
        Make($"{Name}.bf16-00001-of-00002.safetensors", $"{Name}.bf16-00002-of-00002.safetensors");
        File.WriteAllText(_folder.File($"{Name}.safetensors.index.bf16.json"), $$$"""{"weight_map":{"a":"{{{Name}}}.bf16-00001-of-00002.safetensors","b":"{{{Name}}}.bf16-00002-of-00002.safetensors"}}""");

        Assert.Equal(["bf16"], WeightFiles.Variants(_folder.Path, Name));
        Assert.Equal(2, WeightFiles.Of(_folder.Path, Name, "bf16").Count);
    }

    private void Make(params string[] names) => Array.ForEach(names, name => File.WriteAllBytes(_folder.File(name), []));
}
