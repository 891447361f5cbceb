using System.Text.Json;
using Labeler.Shared.Imaging;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>Sizes of JPEG files in kilobytes, which the compressibility rewards are, from pictures and from tensors; and mean
/// brightness.</summary>
internal static class RewardCheck
{
    // Less than one byte of a thousandth.
    private const double Kilobytes = 5e-4;
    private const double Brightness = 1e-6;

    /// <summary>The pictures beside the list.</summary>
    public static IEnumerable<Finding> Pictures(GoldenFile file)
    {
        JsonElement json = file.Json(Path.GetFileName(file.Name));
        IEnumerable<double> own = json.GetProperty("png").EnumerateArray()
            .Select(name => Picture.Decode(File.ReadAllBytes(file.Beside(name.GetString()!))).ToJpeg().Length / 1000.0);
        return Against(json, own);
    }

    /// <summary>Images as a tensor, [n, 3, h, w] of 0 … 1 and beyond.</summary>
    public static IEnumerable<Finding> Tensors(GoldenFile file)
    {
        using Tensor bytes = (file["images"] * 255).round().clamp(0, 255).to(uint8).permute(0, 2, 3, 1).contiguous().cpu();
        double[] own = [.. Enumerable.Range(0, (int)bytes.shape[0])
            .Select(row =>
                new Picture((int)bytes.shape[2], (int)bytes.shape[1], bytes[row].data<byte>().ToArray()).ToJpeg().Length / 1000.0)];
        JsonElement expected = file.Json("jpeg_rewards.json").GetProperty("tensor_batch");
        float[] light = file["images"].mean([1L, 2L, 3L]).cpu().data<float>().ToArray();
        return Against(expected, own).Concat(light.Select((mean, index) =>
            Compare.Numbers($"light_reward[{index}]", mean, expected.GetProperty("light_reward")[index].GetDouble(), Brightness)));
    }

    private static IEnumerable<Finding> Against(JsonElement json, IEnumerable<double> kilobytes) =>
        kilobytes.SelectMany((size, index) => new[]
    {
        Compare.Numbers($"jpeg_compressibility[{index}]", -size, json.GetProperty("jpeg_compressibility")[index].GetDouble(), Kilobytes),
        Compare.Numbers($"jpeg_incompressibility[{index}]", size, json.GetProperty("jpeg_incompressibility")[index].GetDouble(), Kilobytes),
    });
}
