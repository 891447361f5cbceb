using System.Text.Json;
using Google.Protobuf;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.T5;
using Labeler.TrainingEngine.Models.Tokenizer;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using TorchSharp;

namespace Labeler.TrainingEngine.Tests;

/// <summary>A whole flow model of random weights in the diffusers layout: 16 × 16 pixels, computed in milliseconds.</summary>
internal static class TinyFlowModel
{
    private const int ClipTokens = 12, ClipWidth = 8, Context = 16;

    private static readonly VaeConfig Vae = new(3, 3, 4, [8, 8], 1, 4, 1.5, 16)
    {
        ShiftFactor = 0.06,
        QuantConvolution = false,
        PostQuantConvolution = false,
    };

    /// <summary>Writes the model and returns its folder.</summary>
    /// <param name="family"><c>sd3</c> or <c>flux</c>.</param>
    public static string Write(string folder, string family)
    {
        TorchExtensions.SetThreads(1);
        using var scope = torch.NewDisposeScope();
        var (flux, clips) = (family == "flux", family == "flux" ? 1 : 2);
        for (var n = 1; n <= clips; n++)
        {
            Clip(folder, n == 1 ? "" : $"_{n}", (ulong)n);
        }

        T5(folder, $"_{clips + 1}");
        if (flux)
        {
            var config = new FluxConfig(16, 1, 1, 2, 8, [2, 2, 4], new(Context, ClipWidth), Guided: true);
            Part(folder, "transformer", "diffusion_pytorch_model", config.ToJson(), new FluxTransformer(config, new RandomWeights(7)).Parameters);
        }
        else
        {
            var config = new Sd3Config(8, 2, 4, 2, 2, 8, new(Context, 2 * ClipWidth), 6, [0], Norms: true);
            Part(folder, "transformer", "diffusion_pytorch_model", config.ToJson(), new Sd3Transformer(config, new RandomWeights(7)).Parameters);
        }

        Part(folder, "vae", "diffusion_pytorch_model", Vae.ToJson(), new AutoencoderKL(Vae, new RandomWeights(3)).Parameters);
        Directory.CreateDirectory(Path.Combine(folder, "scheduler"));
        File.WriteAllText(Path.Combine(folder, "scheduler", "scheduler_config.json"), flux
            ? """{"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0, "use_dynamic_shifting": true}"""
            : """{"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0}""");
        File.WriteAllText(Path.Combine(folder, "model_index.json"),
            $$"""{"_class_name": "{{(flux ? "FluxPipeline" : "StableDiffusion3Pipeline")}}"}""");
        return folder;
    }

    private static void Clip(string folder, string suffix, ulong seed)
    {
        var vocabulary = ClipVocabulary.Create(["a", "cat", "dog", "hand"]);
        vocabulary.Write(Directory.CreateDirectory(Path.Combine(folder, $"tokenizer{suffix}")).FullName, ClipTokens);
        var text = new ClipTextConfig(vocabulary.Count, ClipWidth, 16, 2, 2, ClipTokens, true, 1e-5, ClipWidth);
        Part(folder, $"text_encoder{suffix}", "model", text.ToJson(), new ClipTextEncoder(text, new RandomWeights(seed)).Parameters);
    }

    private static void T5(string folder, string suffix)
    {
        string[] pieces = ["<pad>", "</s>", "<unk>", "▁", "▁a", "▁cat", "▁dog", "c", "a", "t", "d", "o", "g"];
        Directory.CreateDirectory(Path.Combine(folder, $"tokenizer{suffix}"));
        File.WriteAllBytes(Path.Combine(folder, $"tokenizer{suffix}", "spiece.model"), SentencePieces(pieces));
        File.WriteAllText(Path.Combine(folder, $"tokenizer{suffix}", "tokenizer_config.json"), """{"model_max_length": 8}""");
        var config = new T5Config(pieces.Length + 100, Context, 4, 24, 1, 2, new(8, 16), 1e-6);
        Part(folder, $"text_encoder{suffix}", "model", new Dictionary<string, object?>
        {
            ["model_type"] = "t5",
            ["vocab_size"] = config.VocabularySize,
            ["d_model"] = config.Width,
            ["d_kv"] = config.HeadWidth,
            ["d_ff"] = config.InnerWidth,
            ["num_layers"] = config.Layers,
            ["num_heads"] = config.Heads,
            ["relative_attention_num_buckets"] = config.Distances.Count,
            ["relative_attention_max_distance"] = config.Distances.Farthest,
            ["feed_forward_proj"] = "gated-gelu",
        }, new T5Encoder(config, new RandomWeights(5)).Parameters);
    }

    /// <summary>A SentencePiece model as T5 has it: unigrams, no begin token, pad 0, end 1, unknown 2.</summary>
    private static byte[] SentencePieces(string[] pieces)
    {
        const int Normal = 1, Unknown = 2, Control = 3;
        using var file = new MemoryStream();
        using (var output = new CodedOutputStream(file, leaveOpen: true))
        {
            for (var n = 0; n < pieces.Length; n++)
            {
                Message(output, 1, piece =>
                {
                    piece.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    piece.WriteString(pieces[n]);
                    piece.WriteTag(2, WireFormat.WireType.Fixed32);
                    piece.WriteFloat(-n);
                    piece.WriteTag(3, WireFormat.WireType.Varint);
                    piece.WriteInt32(n == 2 ? Unknown : n < 2 ? Control : Normal);
                });
            }

            Message(output, 2, trainer =>
            {
                foreach (var (field, value) in new[] { (3, 1), (40, 2), (41, -1), (42, 1), (43, 0) })
                {
                    trainer.WriteTag(field, WireFormat.WireType.Varint);
                    trainer.WriteInt32(value);
                }
            });
            Message(output, 3, normalizer =>
            {
                normalizer.WriteTag(1, WireFormat.WireType.LengthDelimited);
                normalizer.WriteString("identity");
            });
        }

        return file.ToArray();
    }

    private static void Message(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var content = new MemoryStream();
        using (var inner = new CodedOutputStream(content, leaveOpen: true))
        {
            write(inner);
        }

        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content.ToArray()));
    }

    private static void Part(string folder, string part, string name, Dictionary<string, object?> config, IReadOnlyDictionary<string, torch.Tensor> weights)
    {
        string target = Directory.CreateDirectory(Path.Combine(folder, part)).FullName;
        File.WriteAllText(Path.Combine(target, "config.json"), JsonSerializer.Serialize(config));
        SafeTensors.Write(Path.Combine(target, $"{name}.safetensors"), weights);
    }
}
