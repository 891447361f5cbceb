namespace Labeler.Shared.Images;

internal static class PictureErrors
{
    /// <summary>A missing libvips surfaces as a loader error of the runtime; say what to install instead.</summary>
    public static Exception Translate(Exception error) => (error is TypeInitializationException { InnerException: { } inner } ? inner : error) switch
    {
        DllNotFoundException or EntryPointNotFoundException =>
            new PictureException(PictureProblem.LibraryMissing, "libvips 8.13 or newer is missing; install it with: apt-get install libvips42", error),
        var other => other,
    };
}
