using System.Runtime.InteropServices;

namespace Labeler.Shared.Images;

/// <summary>
/// The few functions of libvips that the product uses. Every option travels inside an option string or as an
/// integer or string argument, so that the variadic C functions need no floating-point registers.
/// </summary>
internal static partial class Vips
{
    private const string Library = "libvips.so.42";
    private const string GObject = "libgobject-2.0.so.0";
    private const string GLib = "libglib-2.0.so.0";

    /// <summary>VIPS_INTERPRETATION_sRGB.</summary>
    public const int Srgb = 22;

    /// <summary>VIPS_SIZE_DOWN: a thumbnail never enlarges.</summary>
    public const int SizeDown = 2;

    /// <summary>VIPS_INTERESTING_CENTRE: a crop keeps the middle.</summary>
    public const int Centre = 1;

    static Vips()
    {
        // libvips prints the warnings of damaged files on standard error; they reach the caller as an exception instead.
        _ = SetEnvironment("VIPS_WARNING", "1", 1);
        if (Init("labeler") != 0)
        {
            throw new PictureException(PictureProblem.LibraryMissing, $"libvips cannot be started: {TakeError()}");
        }

        // Only the loaders that libvips itself fuzzes; the operation cache compares buffers by address and would
        // answer with the picture of a buffer that has been freed.
        BlockUntrusted(1);
        CacheSetMax(0);
        ConcurrencySet(1);
    }

    /// <summary>The message of the last failure in one line, cleared.</summary>
    public static string TakeError()
    {
        nint text = ErrorBufferCopy();
        string message = Marshal.PtrToStringUTF8(text) ?? "";
        Free(text);
        string[] lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "no reason given" : lines[^1];
    }

    [LibraryImport(GLib, EntryPoint = "g_setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport(Library, EntryPoint = "vips_init", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Init(string program);

    [LibraryImport(Library, EntryPoint = "vips_block_untrusted_set")]
    private static partial void BlockUntrusted(int state);

    [LibraryImport(Library, EntryPoint = "vips_cache_set_max")]
    private static partial void CacheSetMax(int operations);

    [LibraryImport(Library, EntryPoint = "vips_concurrency_set")]
    private static partial void ConcurrencySet(int threads);

    [LibraryImport(Library, EntryPoint = "vips_error_buffer_copy")]
    private static partial nint ErrorBufferCopy();

    /// <summary>Frees memory that libvips or GLib allocated.</summary>
    [LibraryImport(GLib, EntryPoint = "g_free")]
    public static partial void Free(nint memory);

    [LibraryImport(GObject, EntryPoint = "g_object_unref")]
    public static partial void Unref(nint image);

    /// <summary>Opens a file's bytes, reading the header only. The buffer must outlive the image.</summary>
    [LibraryImport(Library, EntryPoint = "vips_image_new_from_buffer", StringMarshalling = StringMarshalling.Utf8)]
    public static partial VipsImage NewFromBuffer(nint buffer, nuint length, string options, nint end);

    /// <summary>Wraps interleaved pixels without copying. The memory must outlive the image.</summary>
    [LibraryImport(Library, EntryPoint = "vips_image_new_from_memory")]
    public static partial VipsImage NewFromMemory(nint data, nuint size, int width, int height, int bands, int format);

    [LibraryImport(Library, EntryPoint = "vips_image_get_width")]
    public static partial int Width(VipsImage image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_height")]
    public static partial int Height(VipsImage image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_bands")]
    public static partial int Bands(VipsImage image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_n_pages")]
    public static partial int Pages(VipsImage image);

    [LibraryImport(Library, EntryPoint = "vips_image_hasalpha")]
    public static partial int HasAlpha(VipsImage image);

    [LibraryImport(Library, EntryPoint = "vips_autorot")]
    public static partial int AutoRotate(VipsImage image, out VipsImage turned, nint end);

    [LibraryImport(Library, EntryPoint = "vips_colourspace")]
    public static partial int ColourSpace(VipsImage image, out VipsImage converted, int space, nint end);

    /// <summary>Lays the image over black.</summary>
    [LibraryImport(Library, EntryPoint = "vips_flatten")]
    public static partial int Flatten(VipsImage image, out VipsImage flat, nint end);

    [LibraryImport(Library, EntryPoint = "vips_cast_uchar")]
    public static partial int CastToByte(VipsImage image, out VipsImage bytes, nint end);

    [LibraryImport(Library, EntryPoint = "vips_image_write_to_memory")]
    public static partial nint WriteToMemory(VipsImage image, out nuint size);

    /// <summary>Encodes; the suffix names the format with its options: <c>.jpg[Q=95,strip]</c>.</summary>
    [LibraryImport(Library, EntryPoint = "vips_image_write_to_buffer", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int WriteToBuffer(VipsImage image, string suffix, out nint buffer, out nuint size, nint end);

    [LibraryImport(Library, EntryPoint = "vips_thumbnail_buffer", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Thumbnail(
        nint buffer, nuint length, out VipsImage thumbnail, int width,
        string heightName, int height, string wayName, int way, string optionsName, string options, nint end);

    [LibraryImport(Library, EntryPoint = "vips_text", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Text(
        out VipsImage mask, string text, string fontName, string font, string widthName, int width,
        string heightName, int height, string dpiName, int dpi, nint end);
}
