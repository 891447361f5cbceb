using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Labeler.Shared.Exports;

/// <summary>Rewrites an adapter from diffusers' names to kohya's: the tensors' bytes stay, each layer gains an alpha equal to its
/// rank.</summary>
public static class KohyaAdapter
{
    private const string Prefix = "unet.", Down = ".lora.down.weight", Up = ".lora.up.weight";

    /// <param name="diffusers">A safetensors file with keys as <c>unet.….to_q.lora.down.weight</c>.</param>
    /// <exception cref="LabelerException">The file is not such an adapter.</exception>
    public static byte[] From(byte[] diffusers)
    {
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(diffusers);
        var data = diffusers.AsSpan(8 + headerLength);
        var old = JsonNode.Parse(diffusers.AsSpan(8, headerLength))!.AsObject();
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        var alphas = new List<byte>();
        foreach (var (key, value) in old.Where(pair => pair.Key != "__metadata__"))
        {
            var ending = key.EndsWith(Down, StringComparison.Ordinal) ? Down : key.EndsWith(Up, StringComparison.Ordinal) ? Up : null;
            LabelerException.ThrowIf(
                ending is null || !key.StartsWith(Prefix, StringComparison.Ordinal),
                $"The checkpoint holds {key}, which is no part of an adapter in the diffusers format.");
            var layer = "lora_unet_" + key[Prefix.Length..^ending.Length].Replace('.', '_');
            header[layer + (ending == Down ? ".lora_down.weight" : ".lora_up.weight")] = value!.DeepClone();
            if (ending == Down)
            {
                var at = data.Length + alphas.Count;
                header[layer + ".alpha"] =
                    new JsonObject { ["dtype"] = "F32", ["shape"] = new JsonArray(), ["data_offsets"] = new JsonArray(at, at + 4) };
                alphas.AddRange(BitConverter.GetBytes((float)value["shape"]![0]!.GetValue<long>()));
            }
        }
        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        return [.. length, .. text, .. data, .. alphas];
    }
}
