using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;

namespace Labeler.TrainingEngine.Models;

/// <summary>The dimensions of a released model, for measurements at full size without its weights.</summary>
/// <param name="Name">As the command line has it.</param>
/// <param name="TextEncoders">One, or two for XL.</param>
/// <param name="PredictionType">What the U-Net was trained to predict.</param>
public sealed record ReleasedShape(string Name, UNetConfig Unet, VaeConfig Vae, ClipTextConfig[] TextEncoders, string PredictionType)
{
    private static readonly bool[] AllButLowest = [true, true, true, false];
    private static readonly bool[] AllButFirst = [false, true, true, true];
    private static readonly long[] VaeChannels = [128, 256, 512, 512];
    private static readonly ClipTextConfig ClipLarge = new(49408, 768, 3072, 12, 12, 77, true, 1e-5, 0);

    public static IReadOnlyList<ReleasedShape> All { get; } =
    [
        new("sd15",
            new(4, 4, [320, 640, 1280, 1280], 2, AllButLowest, AllButFirst, [8, 8, 8, 8], [1, 1, 1, 1], 768, 32, 1e-5, false, false, 64),
            new(3, 3, 4, VaeChannels, 2, 32, 0.18215, 512), [ClipLarge], "epsilon"),
        new("sd21",
            new(4, 4, [320, 640, 1280, 1280], 2, AllButLowest, AllButFirst, [5, 10, 20, 20], [1, 1, 1, 1], 1024, 32, 1e-5, true, true, 96),
            new(3, 3, 4, VaeChannels, 2, 32, 0.18215, 768), [new(49408, 1024, 4096, 23, 16, 77, false, 1e-5, 0)], "v_prediction"),
        new("sdxl",
            new(4, 4, [320, 640, 1280], 2, [false, true, true], [true, true, false], [5, 10, 20], [1, 2, 10], 2048, 32, 1e-5, true, false,
                128, 256, 2816),
            new(3, 3, 4, VaeChannels, 2, 32, 0.13025, 1024), [ClipLarge, new(49408, 1280, 5120, 32, 20, 77, false, 1e-5, 1280)], "epsilon"),
    ];
}
