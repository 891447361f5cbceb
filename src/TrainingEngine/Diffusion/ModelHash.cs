using System.Text;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.SingleFile;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>The identity of a model folder: a SHA-256 over the names and hashes of the files that decide its images.</summary>
public static class ModelHash
{
    private static readonly string[] Parts = [
        "scheduler", "text_encoder", "text_encoder_2", "text_encoder_3", "tokenizer", "tokenizer_2", "tokenizer_3",
        "transformer", "unet", "vae",
    ];
    private static readonly string[] Endings = [".json", ".txt", ".safetensors", ".model"];

    /// <summary>The same of a model that is loaded.</summary>
    public static string Of(StableDiffusion model) =>
        model.Variant is null ? Of(model.Folder) : ContentHash.Of(Encoding.UTF8.GetBytes($"{Of(model.Folder)} {model.Variant}"));

    /// <summary>64 hexadecimal characters.</summary>
    /// <exception cref="EngineException">A file cannot be read.</exception>
    public static string Of(string folder)
    {
        var list = new StringBuilder();
        try
        {
            IReadOnlyCollection<string> held = [];
            if (File.Exists(folder))
            {
                held = SingleFileLayout.Of(folder).Parts;
                list.Append(ContentHash.OfFile(folder)).Append('\n');
                folder = SingleFileModel.Beside(folder);
            }

            foreach (string file in Parts.Select(part => Path.Combine(folder, part)).Where(Directory.Exists)
                .SelectMany(Directory.EnumerateFiles)
                .Where(file => Endings.Contains(Path.GetExtension(file))
                    && !(file.EndsWith(".safetensors", StringComparison.Ordinal)
                        && held.Contains(Path.GetFileName(Path.GetDirectoryName(file)!))))
                .Order(StringComparer.Ordinal))
            {
                using FileStream stream = File.OpenRead(file);
                list.Append(Path.GetRelativePath(folder, file)).Append(' ').Append(ContentHash.Of(stream)).Append('\n');
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{folder}: cannot be read ({error.Message})", error);
        }

        return ContentHash.Of(Encoding.UTF8.GetBytes(list.ToString()));
    }
}
