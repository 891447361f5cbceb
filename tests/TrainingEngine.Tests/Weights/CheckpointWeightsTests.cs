using System.Text.Json;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Tests.Models;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Weights;

public sealed class CheckpointWeightsTests
{
    private const string Name = "diffusion_pytorch_model";

    [Fact]
    public void Missing_surplus_and_wrongly_shaped_weights_are_told_in_one_error()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var weights = Weights();
        weights.Remove("conv_in.bias");
        weights["conv_out.weight"] = zeros([4, 8, 1, 1]);
        weights["extra.weight"] = zeros([1]);
        SafeTensors.Write(folder.File($"{Name}.safetensors"), weights);

        var error = Load(folder.Path);

        Assert.Contains("missing: conv_in.bias;", error.Message, StringComparison.Ordinal);
        Assert.Contains("surplus: extra.weight;", error.Message, StringComparison.Ordinal);
        Assert.Contains("wrongly shaped: conv_out.weight is [4, 8, 1, 1] and should be [4, 16, 3, 3]", error.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_list_of_faults_is_cut_after_twenty()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafeTensors.Write(folder.File($"{Name}.safetensors"), new Dictionary<string, Tensor> { ["other"] = zeros([1]) });

        Assert.Matches(@"missing: ([a-z_0-9.]+, ){19}[a-z_0-9.]+ and \d+ more;", Load(folder.Path).Message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Weights_that_are_not_finite_are_named(double value)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var weights = Weights();
        weights["conv_in.bias"] = full([16], value);
        SafeTensors.Write(folder.File($"{Name}.safetensors"), weights);

        Assert.EndsWith("not finite: conv_in.bias", Load(folder.Path).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_that_the_model_computes_itself_may_be_in_the_file()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var weights = Weights();
        weights["text_model.embeddings.position_ids"] = arange(77).reshape(1, 77);
        SafeTensors.Write(folder.File($"{Name}.safetensors"), weights);

        using var source = new CheckpointWeights(folder.Path, Name);
        Assert.Equal(weights.Count - 1, new UNet2DConditionModel(SmallShapes.Unet, source).Parameters.Count);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(".fp16", false)]
    [InlineData("", true)]
    [InlineData(".fp16", true)]
    public void One_file_or_several_and_their_fp16_variants_give_the_same_weights(string variant, bool sharded)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var weights = Weights();
        if (sharded)
        {
            WriteShards(folder, weights, variant);
        }
        else
        {
            SafeTensors.Write(folder.File($"{Name}{variant}.safetensors"), weights);
        }

        using var source = new CheckpointWeights(folder.Path, Name);
        var loaded = new UNet2DConditionModel(SmallShapes.Unet, source).Parameters;

        Assert.All(weights, pair => Tensors.AssertSame(pair.Value, loaded[pair.Key]));
    }

    [Fact]
    public void Weights_are_widened_to_the_wanted_type()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var weights = Weights();
        SafeTensors.Write(folder.File($"{Name}.safetensors"), weights, floats: ScalarType.Float16);

        using var source = new CheckpointWeights(folder.Path, Name);
        var loaded = new UNet2DConditionModel(SmallShapes.Unet, source).Parameters;

        Assert.All(weights, pair => Tensors.AssertSame(pair.Value.to(ScalarType.Float16).to(ScalarType.Float32), loaded[pair.Key]));
    }

    [Fact]
    public void An_index_that_names_a_file_that_is_not_there_says_which()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        WriteShards(folder, Weights(), "");
        File.Delete(folder.File($"{Name}-00002-of-00002.safetensors"));

        Assert.Contains("-00002-of-00002.safetensors", Load(folder.Path).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"weight_map": {"a": 1}}""")]
    [InlineData("""{"weight_map": {"a": null}}""")]
    [InlineData("{")]
    public void An_index_that_is_none_is_one_clear_error(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File($"{Name}.safetensors.index.json"), json);

        Assert.Contains("index.json: is not an index of safetensors files", Load(folder.Path).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_safetensors_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File($"{Name}.bin"), "pickled");

        Assert.Contains("converted to safetensors first", Load(folder.Path).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Autoencoders_of_older_files_load_under_their_old_names(bool asConvolutions)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var folder = new TemporaryFolder();
        var now = new AutoencoderKL(SmallShapes.Vae, new RandomWeights(3));
        var old = new Dictionary<string, string> { ["to_q"] = "query", ["to_k"] = "key", ["to_v"] = "value", ["to_out.0"] = "proj_attn" };
        var weights = now.Parameters.ToDictionary(
            pair => old.Aggregate(pair.Key, (key, names) => key.Contains("attentions", StringComparison.Ordinal) ? key.Replace(names.Key, names.Value, StringComparison.Ordinal) : key),
            pair => asConvolutions && pair.Key.Contains("attentions.0.to_", StringComparison.Ordinal) && pair.Value.dim() == 2 ? pair.Value.unsqueeze(-1).unsqueeze(-1) : pair.Value);
        Assert.Contains("decoder.mid_block.attentions.0.proj_attn.weight", weights.Keys);
        SafeTensors.Write(folder.File($"{Name}.safetensors"), weights);

        using var source = new CheckpointWeights(folder.Path, Name);
        var then = new AutoencoderKL(SmallShapes.Vae, source);

        var latents = randn([1, 4, 4, 6]);
        Tensors.AssertSame(now.Decode(latents), then.Decode(latents));
    }

    private static Dictionary<string, Tensor> Weights() => new(new UNet2DConditionModel(SmallShapes.Unet, new RandomWeights(1)).Parameters);

    private static EngineException Load(string folder) => Assert.Throws<EngineException>(() =>
    {
        using var source = new CheckpointWeights(folder, Name);
        return new UNet2DConditionModel(SmallShapes.Unet, source);
    });

    private static void WriteShards(TemporaryFolder folder, Dictionary<string, Tensor> weights, string variant)
    {
        var map = new Dictionary<string, string>();
        foreach (var (shard, number) in weights.Chunk(weights.Count / 2 + 1).Zip([1, 2]))
        {
            var file = $"{Name}{variant}-0000{number}-of-00002.safetensors";
            SafeTensors.Write(folder.File(file), shard.ToDictionary());
            foreach (var pair in shard)
            {
                map[pair.Key] = file;
            }
        }
        File.WriteAllText(folder.File($"{Name}.safetensors.index{variant}.json"), JsonSerializer.Serialize(new { weight_map = map }));
    }
}
