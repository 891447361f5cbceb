using Labeler.Shared.Imaging;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>Pictures as tensors and back.</summary>
public static class Pixels
{
    /// <summary>Pictures of one size as float32 [N, 3, H, W] in −1 … 1.</summary>
    public static Tensor ToTensor(IReadOnlyList<Picture> pictures)
    {
        using var scope = NewDisposeScope();
        var (width, height) = (pictures[0].Width, pictures[0].Height);
        var bytes = empty([pictures.Count, height, width, 3], ScalarType.Byte);
        for (var n = 0; n < pictures.Count; n++)
        {
            pictures[n].Rgb.CopyTo(bytes.bytes[(n * pictures[n].Rgb.Length)..]);
        }

        return bytes.permute(0, 3, 1, 2).to(ScalarType.Float32).div(127.5).sub(1).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>The pictures of [N, 3, H, W] in −1 … 1, rounded and clamped as diffusers does.</summary>
    public static Picture[] ToPictures(Tensor images)
    {
        using var scope = NewDisposeScope();
        if (!images.isfinite().all().item<bool>())
        {
            throw new EngineException("a picture is not finite: the autoencoder's weights overflow, or its type is too narrow");
        }

        var rounded = (images.detach().cpu().to(ScalarType.Float32) / 2 + 0.5).clamp(0, 1).mul(255).round().to(ScalarType.Byte)
            .permute(0, 2, 3, 1).contiguous();
        var (count, height, width) = ((int)images.shape[0], (int)images.shape[2], (int)images.shape[3]);
        var size = width * height * 3;
        var all = rounded.bytes;
        var pictures = new Picture[count];
        for (var n = 0; n < count; n++)
        {
            pictures[n] = new Picture(width, height, all.Slice(n * size, size).ToArray());
        }

        return pictures;
    }
}
