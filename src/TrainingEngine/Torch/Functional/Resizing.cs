using static TorchSharp.Dispatch;

namespace TorchSharp;

/// <summary>How to fill a border.</summary>
public enum PaddingModes
{
    Zeros = 0,
    Reflect = 1,
    Replicate = 2,
    Circular = 3,
    Constant = 4,
}

public static partial class torch
{
    /// <summary>How to compute pixels between pixels.</summary>
    public enum InterpolationMode
    {
        Nearest = 0,
        Bilinear = 2,
        Bicubic = 3,
        Area = 5,
    }

    public static partial class nn
    {
        /// <summary>Borders and other sizes.</summary>
        public static partial class functional
        {
            /// <param name="pad">Before and after, from the last dimension on.</param>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
            {
                PaddingModes.Constant or PaddingModes.Zeros => Call("constant_pad_nd", input, pad, value),
                _ => Call("pad", input, pad, mode.ToString().ToLowerInvariant(), Value.None),
            };

            /// <summary>An image batch (N, C, H, W) in another size, given in pixels or as a factor.</summary>
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                if (recompute_scale_factor)
                {
                    throw new NotSupportedException("interpolate: recompute_scale_factor is not supported; give the size.");
                }
                if (scale_factor is { Length: 1 })
                {
                    scale_factor = [scale_factor[0], scale_factor[0]];
                }
                var corners = align_corners ?? false;
                return (mode, antialias) switch
                {
                    (InterpolationMode.Nearest, _) => Call("upsample_nearest2d.vec", x, size, scale_factor),
                    (InterpolationMode.Bilinear, false) => Call("upsample_bilinear2d.vec", x, size, corners, scale_factor),
                    (InterpolationMode.Bilinear, true) => Call("_upsample_bilinear2d_aa.vec", x, size, corners, scale_factor),
                    (InterpolationMode.Bicubic, false) => Call("upsample_bicubic2d.vec", x, size, corners, scale_factor),
                    (InterpolationMode.Bicubic, true) => Call("_upsample_bicubic2d_aa.vec", x, size, corners, scale_factor),
                    _ => adaptive_avg_pool2d(x, size ?? [(long)(x.size(-2) * scale_factor![0]), (long)(x.size(-1) * scale_factor[1])]),
                };
            }
        }
    }
}
