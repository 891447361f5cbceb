using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Tests.Lora;

/// <summary>Adapter files in every format that is read, also those that the engine itself does not write.</summary>
internal static class LoraFormats
{
    public static IReadOnlyList<string> All { get; } = ["diffusers", "attention processors", "kohya", "peft"];

    /// <summary>Writes an adapter; that of attention processors knows attention alone, and no alpha.</summary>
    public static void Write(string format, string path, IReadOnlyDictionary<string, LoraTensors> branches)
    {
        switch (format)
        {
            case "diffusers":
                LoraWriter.Diffusers(path, branches);
                break;
            case "kohya":
                LoraWriter.Kohya(path, branches);
                break;
            case "peft":
                SafeTensors.Write(path, branches.SelectMany(pair => new[]
                {
                    ($"base_model.model.{pair.Key[5..]}.lora_A.weight", pair.Value.Down), ($"base_model.model.{pair.Key[5..]}.lora_B.weight", pair.Value.Up),
                }).ToDictionary(pair => pair.Item1, pair => pair.Item2));
                File.WriteAllText(Path.Combine(Path.GetDirectoryName(path)!, PeftConfig.FileName), $$"""{"peft_type":"LORA","r":{{branches.Values.First().Rank}},"lora_alpha":{{branches.Values.First().Alpha}},"target_modules":["to_q"]}""");
                break;
            default:
                SafeTensors.Write(path, branches.SelectMany(pair => new[] { ("down", pair.Value.Down), ("up", pair.Value.Up) }.Select(part =>
                    (pair.Key[5..].Replace("to_out.0", "to_out").Replace(".to_", ".processor.to_") + $"_lora.{part.Item1}.weight", part.Item2)))
                    .ToDictionary(pair => pair.Item1, pair => pair.Item2));
                break;
        }
    }
}
