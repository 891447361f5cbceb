using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>
/// Adapter files. Read: diffusers, diffusers' attention processors (up to 0.17), kohya in the names of diffusers and of the makers'
/// layouts, XLabs, and PEFT with its adapter_config.json beside it; with the branches of text encoders.
/// </summary>
public static class LoraFile
{
    /// <summary>The name that diffusers looks for.</summary>
    public const string DiffusersName = "pytorch_lora_weights.safetensors";

    /// <summary>The name under which the format of kohya is written.</summary>
    public const string KohyaName = "kohya_lora_weights.safetensors";

    /// <summary>The name that PEFT looks for.</summary>
    public const string PeftName = "adapter_model.safetensors";

    /// <summary>The file that a path means: itself, or the adapter in a folder.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public static string Locate(string path)
    {
        if (File.Exists(path))
        {
            return path;
        }
        if (new[] { DiffusersName, PeftName }.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists) is { } usual)
        {
            return usual;
        }
        // What such a file is says the reader, by its first bytes.
        return (Directory.Exists(path) ? Directory.GetFiles(path) : [])
            .FirstOrDefault(file => Path.GetExtension(file) is ".bin" or ".pt" or ".ckpt" or ".pth")
            ?? throw new EngineException($"there is no adapter {path}; give its file, or the folder of its {DiffusersName}");
    }

    /// <summary>True for a file that holds a model's own weights, not an adapter.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="isWeight">Whether the model has a weight of that name.</param>
    public static bool IsWhole(string path, Func<string, bool> isWeight)
    {
        using var file = SafeTensors.Open(Locate(path));
        return file.Names.Any(isWeight);
    }

    /// <summary>The branches of a file, float32 on the CPU, by layer: <c>unet.conv_in</c>.</summary>
    /// <param name="path">The file, or a folder with one.</param>
    /// <param name="model">What they are for.</param>
    /// <exception cref="EngineException">It cannot be read or does not fit; lists everything wrong.</exception>
    public static IReadOnlyDictionary<string, LoraTensors> Read(string path, LoraBase model)
    {
        path = Locate(path);
        using var scope = NewDisposeScope();
        using var file = SafeTensors.Open(path);
        var tensors = file.Names.ToDictionary(name => name, file.Read, StringComparer.Ordinal);
        if (LoraKind.Other([.. tensors.Keys]) is { } kind)
        {
            throw new EngineException($"the adapter {path} is {kind}, which this engine does not know; it reads LoRA and LoCon");
        }
        if (tensors.Keys.Any(key => key.StartsWith("model.diffusion_model.", StringComparison.Ordinal)
            && !key.Contains("lora", StringComparison.Ordinal)))
        {
            throw new EngineException($"{path} is a whole checkpoint, not an adapter; give it with --model");
        }
        var beside = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var first = Path.GetFileName(beside);
        var branches = new LoraReader(model, model.Parts.ContainsKey(first) ? first : null)
            .Read(path, tensors, ScalesOf(path, beside, tensors.Keys, file.Metadata), file.Metadata);
        foreach (var branch in branches.Values)
        {
            branch.Down.MoveToOuterDisposeScope();
            branch.Up.MoveToOuterDisposeScope();
        }
        return branches;
    }

    private static LoraScales ScalesOf(string path, string folder, IEnumerable<string> keys, IReadOnlyDictionary<string, string> metadata)
    {
        var peft = keys.Any(key => key.StartsWith("base_model.model.", StringComparison.Ordinal));
        var config = new[] { Path.ChangeExtension(path, "." + PeftConfig.FileName), Path.Combine(folder, PeftConfig.FileName) }
            .FirstOrDefault(File.Exists);
        var named = peft || Path.GetFileName(path) == PeftName;
        var scales = LoraScales.Of(path, metadata, named && config is not null ? PeftConfig.Read(config) : null);
        return scales.AreTold || !peft ? scales
            : throw new EngineException($"the adapter {path} is in PEFT's format and needs its {PeftConfig.FileName} beside it");
    }
}
