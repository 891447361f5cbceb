using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Models.Tokenizer;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>Makes a model folder with random weights: for measurements at full size, where the images do not matter.</summary>
public static class RandomModel
{
    /// <summary>Writes the folder, whole or not at all. One part's weights are in memory at a time.</summary>
    /// <param name="shape">The model's dimensions.</param>
    /// <param name="folder">Must not be there yet.</param>
    /// <param name="type">Of the weights in the files.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="tokenizer">A tokenizer folder to copy; without one, texts become tokens byte by byte.</param>
    /// <param name="stop">Looked at between parts.</param>
    /// <exception cref="EngineException">The folder is there already, or cannot be written.</exception>
    public static void Write(ReleasedShape shape, string folder, ScalarType type, ulong seed, string? tokenizer = null,
        CancellationToken stop = default)
    {
        Write(folder, temporary =>
        {
            var xl = shape.TextEncoders.Length > 1;
            ModelFolder.WriteIndex(temporary, xl);
            WriteSchedule(temporary, ModelFolder.Schedule(shape.PredictionType));
            var parts = new Parts(temporary, type, seed, tokenizer, stop);
            parts.WriteTexts(shape.TextEncoders);
            parts.Write("vae", shape.Vae.ToJson(), weights => new AutoencoderKL(shape.Vae, weights).Parameters);
            parts.Write("unet", shape.Unet.ToJson(), weights => new UNet2DConditionModel(shape.Unet, weights).Parameters);
        });
    }

    /// <summary>The same of Stable Diffusion 3's family, without T5.</summary>
    /// <param name="shape">The model's dimensions.</param>
    /// <param name="folder">Must not be there yet.</param>
    /// <param name="type">Of the weights in the files.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="tokenizer">A tokenizer folder to copy; without one, texts become tokens byte by byte.</param>
    /// <param name="stop">Looked at between parts.</param>
    /// <exception cref="EngineException">The folder is there already, or cannot be written.</exception>
    internal static void Write(Sd3Shape shape, string folder, ScalarType type, ulong seed, string? tokenizer = null,
        CancellationToken stop = default) => Write(folder, temporary =>
    {
        ModelFolder.WriteConfig(Path.Combine(temporary, "model_index.json"), new Dictionary<string, object?>
        {
            ["_class_name"] = FlowModelFolder.Pipelines[0],
        });
        WriteSchedule(temporary, new() { ["_class_name"] = "FlowMatchEulerDiscreteScheduler", ["shift"] = 3.0 });
        var parts = new Parts(temporary, type, seed, tokenizer, stop);
        parts.WriteTexts(shape.TextEncoders);
        parts.Write("vae", shape.Vae.ToJson(), weights => new AutoencoderKL(shape.Vae, weights).Parameters);
        parts.Write("transformer", shape.Transformer.ToJson(), weights => new Sd3Transformer(shape.Transformer, weights).Parameters);
    });

    private static void Write(string folder, Action<string> write)
    {
        if (Path.Exists(folder))
        {
            throw new EngineException($"{folder}: is there already; choose another --out");
        }

        AtomicFolder.Write(folder, write);
    }

    private static void WriteSchedule(string folder, Dictionary<string, object?> schedule) =>
        ModelFolder.WriteConfig(Path.Combine(folder, "scheduler", "scheduler_config.json"), schedule);

    /// <summary>Where parts are written, and how.</summary>
    private sealed record Parts(string Folder, ScalarType Type, ulong Seed, string? Tokenizer, CancellationToken Stop)
    {
        public void WriteTexts(IReadOnlyList<ClipTextConfig> texts)
        {
            foreach (var (text, suffix) in texts.Zip(["", "_2"]))
            {
                WriteTokenizer(Path.Combine(Folder, $"tokenizer{suffix}"), Tokenizer, (int)text.Positions);
                Write($"text_encoder{suffix}", text.ToJson(), weights => new ClipTextEncoder(text, weights).Parameters);
            }
        }

        public void Write(
            string part, Dictionary<string, object?> config, Func<WeightSource, IReadOnlyDictionary<string, Tensor>> make)
        {
            Stop.ThrowIfCancellationRequested();
            var place = Path.Combine(Folder, part);
            ModelFolder.WriteConfig(Path.Combine(place, "config.json"), config);
            var parameters = make(new RandomWeights(Seed, Type));
            ModelFolder.WriteWeights(place, parameters, Type);
            foreach (var parameter in parameters.Values)
            {
                parameter.Dispose();
            }
        }
    }

    private static void WriteTokenizer(string folder, string? from, int length)
    {
        if (from is null)
        {
            ClipVocabulary.Create([]).Write(folder, length);
        }
        else if (Directory.Exists(from))
        {
            ModelFolder.CopyAllButWeights(from, folder);
        }
        else
        {
            throw new EngineException($"{from}: there is no such folder; give a tokenizer folder with vocab.json and merges.txt");
        }
    }
}
