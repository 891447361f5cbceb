using System.ComponentModel.DataAnnotations;
using Labeler.Shared.Imaging;

namespace Labeler.Shared.Photos;

/// <summary>The section <c>Import</c> of appsettings.json: where photos may come from and what they may ask for.</summary>
public sealed class ImportLimits
{
    public const string Section = "Import";

    /// <summary>Folder below which an admin may import folders; empty takes <c>import</c> in the data folder.</summary>
    public string Root { get; set; } = "";

    /// <summary>Bytes of an uploaded zip.</summary>
    [Range(1024, 1L << 40)]
    public long MaxZipBytes { get; set; } = 2L << 30;

    /// <summary>Files in one import.</summary>
    [Range(1, 10_000_000)]
    public int MaxFiles { get; set; } = 100_000;

    /// <summary>Bytes of all files that one run of an import unpacks and reads.</summary>
    [Range(1024, 1L << 42)]
    public long MaxTotalBytes { get; set; } = 20L << 30;

    /// <summary>How many times its packed size a file of a zip may have; more is a zip bomb.</summary>
    [Range(1, 100_000)]
    public int MaxRatio { get; set; } = 200;

    /// <summary>Bytes of one picture's file.</summary>
    [Range(1024, 1L << 30)]
    public long MaxPictureBytes { get; set; } = 64L << 20;

    /// <summary>Longest side in pixels.</summary>
    [Range(16, 65_535)]
    public int MaxSide { get; set; } = 16_384;

    /// <summary>Width times height.</summary>
    [Range(256, 1_000_000_000)]
    public long MaxPixels { get; set; } = 100_000_000;

    internal PictureLimits Picture => new(MaxSide, MaxPixels, MaxPictureBytes, FirstFrame: false);
}
