using Labeler.TrainingEngine.Models.Tokenizer;
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
        if (Path.Exists(folder))
        {
            throw new EngineException($"{folder}: is there already; choose another --out");
        }

        AtomicFolder.Write(folder, temporary =>
        {
            var xl = shape.TextEncoders.Length > 1;
            ModelFolder.WriteIndex(temporary, xl);
            ModelFolder.WriteConfig(Path.Combine(temporary, "scheduler", "scheduler_config.json"),
                ModelFolder.Schedule(shape.PredictionType));
            foreach (var (text, suffix) in shape.TextEncoders.Zip(["", "_2"]))
            {
                WriteTokenizer(Path.Combine(temporary, $"tokenizer{suffix}"), tokenizer, (int)text.Positions);
                WritePart(Path.Combine(temporary, $"text_encoder{suffix}"), text.ToJson(),
                    weights => new ClipTextEncoder(text, weights).Parameters);
            }
            WritePart(Path.Combine(temporary, "vae"), shape.Vae.ToJson(), weights => new AutoencoderKL(shape.Vae, weights).Parameters);
            WritePart(Path.Combine(temporary, "unet"), shape.Unet.ToJson(),
                weights => new UNet2DConditionModel(shape.Unet, weights).Parameters);
        });

        void WritePart(string part, Dictionary<string, object?> config, Func<WeightSource, IReadOnlyDictionary<string, Tensor>> make)
        {
            stop.ThrowIfCancellationRequested();
            ModelFolder.WriteConfig(Path.Combine(part, "config.json"), config);
            var parameters = make(new RandomWeights(seed, type));
            ModelFolder.WriteWeights(part, parameters, type);
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
