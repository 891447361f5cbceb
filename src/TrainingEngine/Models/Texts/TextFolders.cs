using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Models.T5;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Texts;

/// <summary>Loads text encoders alone, from their folders.</summary>
internal static class TextFolders
{
    /// <inheritdoc cref="FlowParts.Clip" />
    public static ClipTextEncoder Clip(string folder, Device? device = null) =>
        Around(folder, device).Clip(Path.GetFileName(folder), ReleasedFlow.ClipL);

    /// <inheritdoc cref="FlowParts.T5" />
    public static T5Encoder T5(string folder, Device? device = null) => Around(folder, device).T5(Path.GetFileName(folder));

    private static FlowParts Around(string folder, Device? device) =>
        new(Path.GetDirectoryName(folder)!, null, device, ScalarType.Float32, variant: null);
}
