using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>Parts of a model that stay in the machine's memory, so that a device has room for the rest.</summary>
[Flags]
public enum Offloads
{
    None = 0,

    /// <summary>Text encoders, which compute where they are, once for each prompt.</summary>
    Texts = 1,

    /// <summary>The autoencoder, of which the device gets a copy while pictures are decoded or encoded.</summary>
    Vae = 2,
}

/// <summary>Where <see cref="Offloads"/> leaves a model's parts.</summary>
internal static class OffloadsExtensions
{
    /// <summary>Where a part's weights go.</summary>
    /// <param name="part">Its folder's name.</param>
    /// <param name="device">Of the rest.</param>
    public static Device? DeviceOf(this Offloads offloaded, string part, Device? device) =>
        part.StartsWith("text_encoder", StringComparison.Ordinal) ? offloaded.HasFlag(Offloads.Texts) ? CPU : device
            : part == "vae" && offloaded.HasFlag(Offloads.Vae) ? CPU : device;
}
