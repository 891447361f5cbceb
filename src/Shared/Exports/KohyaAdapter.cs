using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Labeler.Shared.Exports;

/// <summary>Rewrites an adapter of a U-Net, and of its text encoders, from diffusers' names to kohya's: the tensors' bytes stay, each
/// layer gains an alpha equal to its rank.</summary>
public static class KohyaAdapter
{
    private static readonly string[] Downs = [".lora.down.weight", ".lora_A.weight", ".lora_linear_layer.down.weight"];
    private static readonly string[] Ups = [".lora.up.weight", ".lora_B.weight", ".lora_linear_layer.up.weight"];

    /// <param name="diffusers">A safetensors file with keys as <c>unet.….to_q.lora.down.weight</c>.</param>
    /// <exception cref="LabelerException">The file is not such an adapter.</exception>
    public static byte[] From(byte[] diffusers)
    {
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(diffusers);
        var data = diffusers.AsSpan(8 + headerLength);
        var old = JsonNode.Parse(diffusers.AsSpan(8, headerLength))!.AsObject();
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        var alphas = new List<byte>();
        var several = old.Any(pair => pair.Key.StartsWith("text_encoder_2.", StringComparison.Ordinal));
        foreach (var (key, value) in old.Where(pair => pair.Key != "__metadata__"))
        {
            var (down, up) = (Ending(key, Downs), Ending(key, Ups));
            var name = Name(key[..^(down ?? up ?? "").Length], several);
            LabelerException.ThrowIf(
                name is null || (down ?? up) is null,
                $"The checkpoint holds {key}, which is no part of an adapter in the diffusers format.");
            header[name + (down is not null ? ".lora_down.weight" : ".lora_up.weight")] = value!.DeepClone();
            if (down is not null)
            {
                var at = data.Length + alphas.Count;
                header[name + ".alpha"] =
                    new JsonObject { ["dtype"] = "F32", ["shape"] = new JsonArray(), ["data_offsets"] = new JsonArray(at, at + 4) };
                alphas.AddRange(BitConverter.GetBytes((float)value["shape"]![0]!.GetValue<long>()));
            }
        }
        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        return [.. length, .. text, .. data, .. alphas];
    }

    private static string? Ending(string key, string[] endings) =>
        endings.FirstOrDefault(ending => key.EndsWith(ending, StringComparison.Ordinal));

    private static string? Name(string layer, bool several) => layer.Split('.', 2) switch
    {
        ["unet", var path] => "lora_unet_" + path.Replace('.', '_'),
        ["transformer", var path] => "lora_transformer_" + path.Replace('.', '_'),
        ["text_encoder", var path] => (several ? "lora_te1_" : "lora_te_") + path.Replace('.', '_'),
        ["text_encoder_2", var path] => "lora_te2_" + path.Replace('.', '_'),
        ["text_encoder_3", var path] => "lora_te3_" + path.Replace('.', '_'),
        _ => null,
    };
}
