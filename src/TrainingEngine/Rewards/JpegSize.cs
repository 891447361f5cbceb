using Labeler.Shared.Imaging;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>
/// Compressibility and incompressibility (DDPO, arXiv 2305.13301, section 5.1): the size in kilobytes (1000 bytes) of the image as a JPEG
/// file of quality 95, which is Pillow's to the byte on libjpeg-turbo; negative for compressibility.
/// </summary>
/// <param name="large">True to reward large files, false to reward small ones.</param>
public sealed class JpegSize(bool large) : IReward
{
    /// <inheritdoc />
    public string Name => large ? "JPEG size, kB" : "JPEG size, −kB";

    /// <summary>The reward of one picture.</summary>
    public double Of(Picture picture) => (large ? 1 : -1) * picture.ToJpeg().Length / 1000.0;

    /// <inheritdoc />
    public IReadOnlyList<double> Of(IReadOnlyList<Candidate> images, Action<string> report, CancellationToken stop) =>
        [.. images.Select(image => Of(image.Open()))];

    public void Dispose()
    {
    }
}
