using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Tests.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.WrongShapes;

/// <summary>Configs say which shapes weights must have; what they say must be possible, and the same in all parts of a model.</summary>
public sealed class ConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Parts => new()
    {
        { "classic", "unet" }, { "classic", "vae" }, { "classic", "text_encoder" }, { "xl", "unet" }, { "xl", "text_encoder_2" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("classic", "vae/config.json", "latent_channels", "8", "vae/config.json has 8 latent_channels, and unet/config.json 4 in_channels")]
    [InlineData("classic", "text_encoder/config.json", "hidden_size", "24", "the text encoders give 24 numbers per token, and unet/config.json wants 12 (cross_attention_dim)")]
    [InlineData("classic", "text_encoder/config.json", "vocab_size", "100", "tokenizer gives ids up to 513, and its text encoder knows 100 (vocab_size)")]
    [InlineData("classic", "text_encoder/config.json", "max_position_embeddings", "10", "tokenizer gives 20 tokens (model_max_length), and its text encoder takes 10 (max_position_embeddings)")]
    [InlineData("xl", "tokenizer_2/tokenizer_config.json", "model_max_length", "19", "the tokenizers give texts of different lengths, 20 and 19 tokens")]
    [InlineData("xl", "unet/config.json", "addition_embed_type", "null", "there are two text encoders, and unet/config.json is not of the XL type")]
    [InlineData("xl", "unet/config.json", "addition_time_embed_dim", "8", "are 58 (projection_dim, addition_time_embed_dim), and unet/config.json wants 46 (projection_class_embeddings_input_dim)")]
    [InlineData("xl", "text_encoder_2/config.json", "projection_dim", "11", "are 47 (projection_dim, addition_time_embed_dim), and unet/config.json wants 46")]
    [InlineData("xl", "text_encoder_2/config.json", "architectures", """["CLIPTextModel"]""", "are 36 (projection_dim, addition_time_embed_dim), and unet/config.json wants 46")]
    public void Parts_that_contradict_each_other_are_refused_before_any_weight_is_read(string shape, string file, string key, string value, string told)
    {
        var model = Made(shape);
        Change(model, file, key, JsonNode.Parse(value));
        foreach (var weights in Directory.GetFiles(model, "*.safetensors", SearchOption.AllDirectories))
        {
            File.Delete(weights);
        }

        var error = Assert.Throws<EngineException>(() => StableDiffusion.Load(model)).Message;

        Assert.StartsWith($"{model}: ", error, StringComparison.Ordinal);
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.EndsWith("; take all parts from the same model", error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_contradictions_are_told_together()
    {
        var model = Made("classic");
        Change(model, "vae/config.json", "latent_channels", 8);
        Change(model, "text_encoder/config.json", "vocab_size", 100);

        var error = Assert.Throws<EngineException>(() => StableDiffusion.Load(model)).Message;

        Assert.Contains("8 latent_channels", error, StringComparison.Ordinal);
        Assert.Contains("knows 100 (vocab_size)", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unet/config.json", "out_channels", "8", "out_channels is 8, but in_channels is 4")]
    [InlineData("unet/config.json", "block_out_channels", "[24, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32]", "block_out_channels has 13 values, which no model has")]
    [InlineData("unet/config.json", "layers_per_block", "2000000000", "layers_per_block is 2000000000, which no model has")]
    [InlineData("unet/config.json", "transformer_layers_per_block", "201", "transformer_layers_per_block is 201, which no model has")]
    [InlineData("unet/config.json", "sample_size", "100000", "sample_size is 100000, which no model has")]
    [InlineData("unet/config.json", "norm_eps", "-1", "norm_eps is -1; a number above 0 is needed")]
    [InlineData("unet/config.json", "num_attention_heads", "5", "num_attention_heads is 5, which does not divide the width 16")]
    [InlineData("vae/config.json", "in_channels", "4", "in_channels is 4, which this engine does not know; it knows 3")]
    [InlineData("vae/config.json", "scaling_factor", "0", "scaling_factor is 0; a number above 0 is needed")]
    [InlineData("vae/config.json", "block_out_channels", "[]", "block_out_channels is empty")]
    [InlineData("text_encoder/config.json", "num_hidden_layers", "1000000", "num_hidden_layers is 1000000, which no model has")]
    [InlineData("text_encoder/config.json", "architectures", "[]", "architectures is empty")]
    [InlineData("text_encoder/config.json", "layer_norm_eps", "1e400", "layer_norm_eps is Infinity; a number above 0 is needed")]
    public void An_impossible_value_is_one_error_that_names_file_and_key(string file, string key, string value, string told)
    {
        var model = Made("classic");
        Change(model, file, key, JsonNode.Parse(value));

        Assert.StartsWith($"{Path.Combine(model, file)}: {told}", Assert.Throws<EngineException>(() => StableDiffusion.Load(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Widths_that_are_no_pairs_of_a_sine_and_a_cosine_are_refused()
    {
        var model = Made("xl");
        Change(model, "unet/config.json", "addition_time_embed_dim", 7);
        Assert.Contains("addition_time_embed_dim is 7; an even number is needed", Assert.Throws<EngineException>(() => StableDiffusion.Load(model)).Message, StringComparison.Ordinal);

        Change(model, "unet/config.json", "norm_num_groups", 1);
        Change(model, "unet/config.json", "attention_head_dim", 1);
        Change(model, "unet/config.json", "block_out_channels", new JsonArray(15, 32));
        Assert.Contains("block_out_channels begins with 15; an even number is needed", Assert.Throws<EngineException>(() => StableDiffusion.Load(model)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void Whatever_a_config_says_the_model_is_refused_in_one_line_or_computes(string shape, string part)
    {
        var model = Made(shape);
        var path = Path.Combine(model, part, "config.json");
        var right = File.ReadAllText(path);
        var (refused, computed) = (0, 0);
        foreach (var key in JsonNode.Parse(right)!.AsObject().Select(pair => pair.Key))
        {
            foreach (var value in new[] { "0", "-1", "1", "2", "3", "7", "1000000007", "1e300", "0.5", "\"x\"", "[]", "[0]", "[3, 3]", "[\"x\"]", "{}", "true", "null" })
            {
                Change(model, $"{part}/config.json", key, JsonNode.Parse(value));
                if (Record.Exception(() => Compute(StableDiffusion.Load(model))) is { } error)
                {
                    Assert.True(error is EngineException, $"{key} {value}: {error}");
                    Assert.DoesNotContain('\n', error.Message);
                    refused++;
                }
                else
                {
                    computed++;
                }
                File.WriteAllText(path, right);
            }
        }

        Assert.True(refused > 100 && computed > 10, $"{refused} refused, {computed} computed");
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

    /// <summary>Everything that sampling computes, once.</summary>
    private static void Compute(StableDiffusion model)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var text = model.Encode(["a cat"], (32, 32));
        var predicted = model.Unet.Forward(ones([1, model.Unet.Config.InChannels, 8, 8]), tensor(new long[] { 500 }), text);
        model.Vae.Decode(predicted / model.Vae.Config.ScalingFactor);
        foreach (var weight in model.Unet.Parameters.Values.Concat(model.Vae.Parameters.Values).Concat(model.TextEncoders.SelectMany(encoder => encoder.Parameters.Values)))
        {
            weight.Dispose();
        }
    }
}
