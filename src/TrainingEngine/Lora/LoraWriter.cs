using System.Text.Json;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>Writes adapters in the three formats that the common programs read.</summary>
public static class LoraWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Writes the format of diffusers. It knows no alpha, so the scale is multiplied into the second matrix: exact where
    /// alpha is the rank or a power of two times it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="branches">By layer, <c>unet.conv_in</c>.</param>
    /// <param name="metadata">Texts for the file's header.</param>
    public static void Diffusers(
        string path, IReadOnlyDictionary<string, LoraTensors> branches, IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, metadata, () => branches.SelectMany(pair => new[]
        {
            (LoraKeys.Diffusers(pair.Key, LoraPart.Down), pair.Value.Down), (LoraKeys.Diffusers(pair.Key, LoraPart.Up), Scaled(pair.Value)),
        }));

    /// <summary>
    /// Writes the format of kohya's trainer, every branch with its alpha. A transformer's branches have the names of its makers'
    /// layout, which has queries, keys and values in one.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="branches">By layer, <c>unet.conv_in</c>.</param>
    /// <param name="metadata">Texts for the file's header.</param>
    /// <param name="model">What they are for; not needed for a U-Net with one text encoder.</param>
    public static void Kohya(string path, IReadOnlyDictionary<string, LoraTensors> branches,
        IReadOnlyDictionary<string, string>? metadata = null, LoraBase? model = null) =>
        Write(path, metadata, () => KohyaNames.Of(branches, model).SelectMany(branch => new[]
        {
            ($"{branch.Name}.lora_down.weight", branch.Tensors.Down), ($"{branch.Name}.lora_up.weight", branch.Tensors.Up),
            ($"{branch.Name}.alpha", tensor((float)branch.Tensors.Alpha)),
        }));

    /// <summary>
    /// Writes the format of PEFT: a folder for each part, with the weights and adapter_config.json. The denoiser's is the folder itself,
    /// a text encoder's is below it.
    /// </summary>
    /// <param name="folder">Made where it is not there.</param>
    /// <param name="branches">By layer, <c>unet.conv_in</c>.</param>
    /// <param name="metadata">Texts for the files' headers.</param>
    public static void Peft(
        string folder, IReadOnlyDictionary<string, LoraTensors> branches, IReadOnlyDictionary<string, string>? metadata = null)
    {
        foreach (var part in branches.GroupBy(pair => LoraBase.Split(pair.Key).Part))
        {
            var own = part.ToDictionary(pair => LoraBase.Split(pair.Key).Path, pair => pair.Value, StringComparer.Ordinal);
            var place = part.Key is "unet" or "transformer" ? folder : Path.Combine(folder, part.Key);
            Directory.CreateDirectory(place);
            Write(Path.Combine(place, LoraFile.PeftName), metadata, () => own.SelectMany(pair => new[]
            {
                ($"base_model.model.{pair.Key}.lora_A.weight", pair.Value.Down),
                ($"base_model.model.{pair.Key}.lora_B.weight", pair.Value.Up),
            }));
            File.WriteAllText(Path.Combine(place, PeftConfig.FileName), JsonSerializer.Serialize(Config(own), Indented) + "\n");
        }
    }

    private static Dictionary<string, object?> Config(Dictionary<string, LoraTensors> branches)
    {
        var rank = Usual(branches.Values.Select(branch => (double)branch.Rank));
        var alpha = Usual(branches.Values.Select(branch => branch.Alpha));
        return new()
        {
            ["peft_type"] = "LORA",
            ["base_model_name_or_path"] = null,
            ["r"] = (long)rank,
            ["lora_alpha"] = alpha,
            ["lora_dropout"] = 0.0,
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["use_rslora"] = false,
            ["use_dora"] = false,
            ["target_modules"] = branches.Keys.Order(StringComparer.Ordinal).ToArray(),
            ["rank_pattern"] = branches.Where(pair => pair.Value.Rank != (long)rank)
                .ToDictionary(pair => pair.Key, pair => pair.Value.Rank),
            ["alpha_pattern"] = branches.Where(pair => !pair.Value.Alpha.Equals(alpha))
                .ToDictionary(pair => pair.Key, pair => pair.Value.Alpha),
        };
    }

    private static double Usual(IEnumerable<double> values) => values.GroupBy(value => value).MaxBy(group => group.Count())!.Key;

    private static Tensor Scaled(LoraTensors branch) => branch.Scale == 1 ? branch.Up : branch.Up * branch.Scale;

    private static void Write(
        string path, IReadOnlyDictionary<string, string>? metadata, Func<IEnumerable<(string Key, Tensor Tensor)>> keys)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        SafeTensors.Write(path, keys().ToDictionary(pair => pair.Key, pair => pair.Tensor.detach().cpu()),
            new Dictionary<string, string>(metadata ?? new Dictionary<string, string>()) { ["format"] = "pt" });
    }
}
