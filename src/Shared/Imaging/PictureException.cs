namespace Labeler.Shared.Imaging;

/// <summary>Why a file could not become a picture, so that an import can count its refusals by kind.</summary>
public enum PictureProblem
{
    /// <summary>The bytes are none of the formats that are decoded.</summary>
    NotAnImage,

    /// <summary>The header announces more pixels, or the file has more bytes, than the limits allow.</summary>
    TooLarge,

    /// <summary>The file has several frames or pages and only still pictures were asked for.</summary>
    Animated,

    /// <summary>The bytes end early or contradict themselves.</summary>
    Damaged,

    /// <summary>libvips, which comes with the program, is not there or does not load.</summary>
    LibraryMissing,
}

/// <summary>The one error of decoding and encoding; the message is a line that a person can read.</summary>
public sealed class PictureException(PictureProblem problem, string message, Exception? inner = null) : Exception(message, inner)
{
    public PictureProblem Problem { get; } = problem;
}
