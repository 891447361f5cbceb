using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Labeler.Shared.Exports;

namespace Labeler.Shared.Tests.Exports;

public sealed class Adapters_get_the_names_of_kohya
{
    [Theory]
    [InlineData("unet.conv_in.lora", null, "lora_unet_conv_in")]
    [InlineData("text_encoder.text_model.final.lora_linear_layer", null, "lora_te_text_model_final")]
    [InlineData("text_encoder.text_model.final.lora_linear_layer", "text_encoder_2.text_model.final.lora_linear_layer", "lora_te1_text_model_final")]
    [InlineData("text_encoder_2.text_model.final.lora_linear_layer", null, "lora_te2_text_model_final")]
    public void Of_the_u_net_and_of_every_text_encoder(string layer, string? other, string name)
    {
        var file = KohyaAdapter.From(Diffusers(other is null ? [layer] : [layer, other]));

        var header = Header(file);
        Assert.Equal([3, 2], header.GetProperty($"{name}.lora_down.weight").GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        var alpha = header.GetProperty($"{name}.alpha").GetProperty("data_offsets")[0].GetInt32();
        Assert.Equal(3, BitConverter.ToSingle(file, 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file) + alpha));
    }

    [Fact]
    public void What_is_no_adapter_is_refused() =>
        Assert.Contains("vae.conv_in", Assert.Throws<LabelerException>(() => KohyaAdapter.From(Diffusers(["vae.conv_in.lora"]))).Message, StringComparison.Ordinal);

    /// <summary>Branches of rank 3 from 2 to 1 numbers, float32.</summary>
    private static byte[] Diffusers(string[] layers)
    {
        var header = new Dictionary<string, object>();
        var place = 0;
        foreach (var layer in layers)
        {
            header[$"{layer}.down.weight"] = new { dtype = "F32", shape = new[] { 3, 2 }, data_offsets = new[] { place, place + 24 } };
            header[$"{layer}.up.weight"] = new { dtype = "F32", shape = new[] { 1, 3 }, data_offsets = new[] { place + 24, place + 36 } };
            place += 36;
        }
        var text = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        return [.. BitConverter.GetBytes((ulong)text.Length), .. text, .. new byte[place]];
    }

    private static JsonElement Header(byte[] file)
    {
        using var json = JsonDocument.Parse(file.AsMemory(8, (int)BinaryPrimitives.ReadUInt64LittleEndian(file)));
        return json.RootElement.Clone();
    }
}
