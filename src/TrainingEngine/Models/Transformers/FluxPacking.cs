using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Transformers;

/// <summary>FLUX's tokens: every square of 2 × 2 latent elements, all channels of it in a row.</summary>
internal static class FluxPacking
{
    private const long Side = FluxConfig.Pack;

    /// <param name="latents">[N, C, H, W], H and W even.</param>
    /// <returns>[N, H/2 · W/2, 4·C].</returns>
    public static Tensor Pack(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var (n, c, h, w) = (latents.shape[0], latents.shape[1], latents.shape[2], latents.shape[3]);
        return h % Side != 0 || w % Side != 0
            ? throw new EngineException($"latents of {w} x {h} are impossible: this model takes multiples of {Side}")
            : scope.MoveToOuter(latents.view(n, c, h / Side, Side, w / Side, Side).permute(0, 2, 4, 1, 3, 5)
                .reshape(n, h / Side * (w / Side), c * Side * Side));
    }

    /// <param name="tokens">[N, H/2 · W/2, 4·C].</param>
    /// <param name="height">Of the latents.</param>
    /// <param name="width">Of the latents.</param>
    /// <returns>[N, C, H, W].</returns>
    public static Tensor Unpack(Tensor tokens, long height, long width)
    {
        using var scope = NewDisposeScope();
        var (n, c) = (tokens.shape[0], tokens.shape[2] / (Side * Side));
        return scope.MoveToOuter(tokens.reshape(n, height / Side, width / Side, c, Side, Side).permute(0, 3, 1, 4, 2, 5)
            .reshape(n, c, height, width));
    }

    /// <summary>Places of an image's tokens, [H/2 · W/2, 3] float32: 0, row, column.</summary>
    public static Tensor Places(long height, long width, Device device)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (height / Side, width / Side);
        var row = arange(rows, ScalarType.Float32, device).unsqueeze(1).expand(rows, columns);
        var column = arange(columns, ScalarType.Float32, device).unsqueeze(0).expand(rows, columns);
        return scope.MoveToOuter(stack([zeros_like(row), row, column], -1).reshape(-1, FluxConfig.PlaceAxes));
    }

    /// <summary>Places of a text's tokens: all 0.</summary>
    public static Tensor TextPlaces(long length, Device device) => zeros(length, FluxConfig.PlaceAxes, device: device);
}
