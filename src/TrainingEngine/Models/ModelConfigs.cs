using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;

namespace Labeler.TrainingEngine.Models;

/// <summary>What a model folder's configs and tokenizers say, read before any weight and compared with each other.</summary>
/// <param name="Texts">Tokenizer, its folder's name and the config of the encoder behind it: one, or two for XL.</param>
internal sealed record ModelConfigs(UNetConfig Unet, VaeConfig Vae,
    IReadOnlyList<(ClipTokenizer Tokenizer, string Name, ClipTextConfig Encoder)> Texts)
{
    /// <summary>Sizes and crops that XL is told besides the text.</summary>
    private const int XlNumbers = 6;

    /// <param name="folder">A model folder; its weights are not looked at.</param>
    /// <param name="released">Taken for the configs that are not there; without it, all have to be.</param>
    /// <exception cref="EngineException">A file is missing, holds what the engine does not know, or contradicts another; lists the
    /// contradictions.</exception>
    public static ModelConfigs Read(string folder, ReleasedShape? released = null)
    {
        var texts = new[] { ("tokenizer", "text_encoder"), ("tokenizer_2", "text_encoder_2") }
            .Where((pair, n) => Directory.Exists(Path.Combine(folder, pair.Item2)) || n < released?.TextEncoders.Length)
            .Select((pair, n) => (ClipTokenizer.Load(Path.Combine(folder, pair.Item1)), pair.Item1,
                Of(pair.Item2, file => ClipTextConfig.Read(file), released?.TextEncoders.ElementAtOrDefault(n))))
            .ToArray();
        if (texts.Length == 0)
        {
            throw new EngineException($"{folder}: there is no text_encoder folder; the model folder must be in the diffusers layout");
        }

        var configs = new ModelConfigs(Of("unet", UNetConfig.Read, released?.Unet), Of("vae", VaeConfig.Read, released?.Vae), texts);
        var faults = configs.Contradictions().ToList();
        return faults.Count == 0 ? configs
            : throw new EngineException($"{folder}: {string.Join("; ", faults)}; take all parts from the same model");

        T Of<T>(string part, Func<ConfigFile, T> read, T? otherwise) where T : class =>
            otherwise is not null && !File.Exists(Path.Combine(folder, part, "config.json")) ? otherwise : read(Config(folder, part));
    }

    private IEnumerable<string> Contradictions()
    {
        var told = Texts.Sum(text => text.Encoder.Width);
        if (told != Unet.ContextWidth)
        {
            yield return $"the text encoders give {told} numbers per token, and unet/config.json wants {Unet.ContextWidth} "
                + $"(cross_attention_dim)";
        }

        if (Vae.LatentChannels != Unet.InChannels)
        {
            yield return $"vae/config.json has {Vae.LatentChannels} latent_channels, and unet/config.json {Unet.InChannels} in_channels";
        }

        foreach (var (tokenizer, name, encoder) in Texts)
        {
            if (tokenizer.LargestId >= encoder.VocabularySize)
            {
                yield return $"{name} gives ids up to {tokenizer.LargestId}, and its text encoder knows {encoder.VocabularySize} "
                    + $"(vocab_size)";
            }

            if (tokenizer.MaxLength > encoder.Positions)
            {
                yield return $"{name} gives {tokenizer.MaxLength} tokens (model_max_length), and its text encoder takes "
                    + $"{encoder.Positions} (max_position_embeddings)";
            }
        }
        if (Texts.Select(text => text.Tokenizer.MaxLength).Distinct().Count() > 1)
        {
            yield return $"the tokenizers give texts of different lengths, "
                + $"{string.Join(" and ", Texts.Select(text => text.Tokenizer.MaxLength))} tokens";
        }

        if (Unet.AddedInputs == 0 && Texts.Count > 1)
        {
            yield return "there are two text encoders, and unet/config.json is not of the XL type (addition_embed_type)";
        }

        if (Unet.AddedInputs > 0 && Texts[^1].Encoder.ProjectionWidth + (XlNumbers * Unet.AddedTimeWidth) is var added
            && added != Unet.AddedInputs)
        {
            yield return $"the last text encoder's projection and {XlNumbers} embedded numbers are {added} (projection_dim, "
                + $"addition_time_embed_dim), and unet/config.json wants {Unet.AddedInputs} (projection_class_embeddings_input_dim)";
        }
    }

    private static ConfigFile Config(string folder, string part) => ConfigFile.Read(Path.Combine(folder, part, "config.json"));
}
