using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;

namespace Labeler.TrainingEngine.Tests.Models;

/// <summary>Models small enough to be made in a moment, of every kind that the engine knows.</summary>
internal static class SmallShapes
{
    public static UNetConfig Unet { get; } = new(4, 4, [16, 32], 1, [false, true], [true, false], [2, 4], [1, 1], 12, 8, 1e-5, true, false, 8);

    public static VaeConfig Vae { get; } = new(3, 3, 4, [8, 8, 16], 1, 4, 0.18215, 32);

    public static ClipTextConfig Text { get; } = new(600, 12, 24, 2, 3, 20, true, 1e-5, 0);

    public static ReleasedShape Classic { get; } = new("classic", Unet with { LinearProjection = false }, Vae, [Text], "epsilon");

    public static ReleasedShape Second { get; } = new("second", Unet with { UpcastAttention = true }, Vae, [Text with { QuickGelu = false }], "v_prediction");

    public static ReleasedShape Xl { get; } = new(
        "xl", Unet with { ContextWidth = 20, TransformerLayers = [1, 2], AddedTimeWidth = 6, AddedInputs = 6 * 6 + 10 }, Vae,
        [Text, Text with { Width = 8, Heads = 2, QuickGelu = false, ProjectionWidth = 10 }], "epsilon");

    public static IEnumerable<ReleasedShape> All => [Classic, Second, Xl];
}
