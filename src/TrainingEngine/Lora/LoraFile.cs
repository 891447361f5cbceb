using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>
/// Adapter files. Read: diffusers, diffusers' attention processors (up to 0.17), kohya, and PEFT with its
/// adapter_config.json beside it. Written: diffusers and kohya, which the common programs read.
/// </summary>
public static class LoraFile
{
    /// <summary>The name that diffusers looks for.</summary>
    public const string DiffusersName = "pytorch_lora_weights.safetensors";

    /// <summary>The name under which the format of kohya is written.</summary>
    public const string KohyaName = "kohya_lora_weights.safetensors";

    /// <summary>The file that a path means: itself, or the adapter in a folder.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public static string Locate(string path) => File.Exists(path)
        ? path
        : new[] { DiffusersName, "adapter_model.safetensors" }.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
        ?? throw new EngineException($"there is no adapter {path}; give its file, or the folder of its {DiffusersName}");

    /// <summary>The branches of a file, float32 on the CPU, by layer.</summary>
    /// <param name="path">The file, or a folder with one.</param>
    /// <param name="layers">The weight's shape of every layer that can carry a branch.</param>
    /// <exception cref="EngineException">It cannot be read or does not fit; lists everything wrong.</exception>
    public static IReadOnlyDictionary<string, LoraTensors> Read(string path, IReadOnlyDictionary<string, long[]> layers)
    {
        path = Locate(path);
        using var scope = NewDisposeScope();
        var tensors = SafeTensors.ReadAll(path);
        var branches = new LoraReader(layers).Read(path, tensors, Peft(path, tensors.Keys));
        foreach (var branch in branches.Values)
        {
            branch.Down.MoveToOuterDisposeScope();
            branch.Up.MoveToOuterDisposeScope();
        }
        return branches;
    }

    /// <summary>
    /// Writes the format of diffusers. It knows no alpha, so the scale is multiplied into the second matrix: exact where
    /// alpha is the rank or a power of two times it.
    /// </summary>
    public static void WriteDiffusers(string path, IReadOnlyDictionary<string, LoraTensors> branches,
        IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, branches, metadata, (layer, branch) =>
        [
            (LoraKeys.Diffusers(layer, LoraPart.Down), branch.Down),
            (LoraKeys.Diffusers(layer, LoraPart.Up), branch.Scale == 1 ? branch.Up : branch.Up * branch.Scale),
        ]);

    /// <summary>Writes the format of kohya, with its alpha.</summary>
    public static void WriteKohya(string path, IReadOnlyDictionary<string, LoraTensors> branches,
        IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, branches, metadata, (layer, branch) =>
        [
            (LoraKeys.Kohya(layer, LoraPart.Down), branch.Down),
            (LoraKeys.Kohya(layer, LoraPart.Up), branch.Up),
            (LoraKeys.Kohya(layer, LoraPart.Alpha), tensor((float)branch.Alpha)),
        ]);

    private static void Write(
        string path, IReadOnlyDictionary<string, LoraTensors> branches, IReadOnlyDictionary<string, string>? metadata,
        Func<string, LoraTensors, (string Key, Tensor Tensor)[]> keys)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var tensors = branches.SelectMany(pair => keys(pair.Key, pair.Value))
            .ToDictionary(pair => pair.Key, pair => pair.Tensor.detach().cpu());
        SafeTensors.Write(path, tensors,
            new Dictionary<string, string>(metadata ?? new Dictionary<string, string>()) { ["format"] = "pt" });
    }

    private static PeftConfig? Peft(string path, IEnumerable<string> keys)
    {
        if (!keys.Any(key => key.StartsWith("base_model.model.", StringComparison.Ordinal)))
        {
            return null;
        }
        var config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, PeftConfig.FileName);
        return File.Exists(config)
            ? PeftConfig.Read(config)
            : throw new EngineException($"the adapter {path} is in PEFT's format and needs its {PeftConfig.FileName} beside it");
    }
}
