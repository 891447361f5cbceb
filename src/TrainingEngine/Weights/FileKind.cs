using System.Text;

namespace Labeler.TrainingEngine.Weights;

/// <summary>Recognizes by its first bytes what lies in the place of a safetensors or JSON file, whatever its name says.</summary>
internal static class FileKind
{
    private const string Convert = "opening such a file can run programs, so this engine does not: convert it to safetensors first";

    private static readonly (byte[] Start, string Kind)[] Known =
    [
        ("version https://git-lfs"u8.ToArray(),
            "is a Git LFS pointer, not the file itself: fetch it (git lfs pull), or download it from the model's page"),
        ("PK"u8.ToArray(), $"is a zip archive, as PyTorch writes its pickle checkpoints (.ckpt, .pt, .bin): {Convert}"),
        ([0x1f, 0x8b], "is a gzip archive: unpack it first"),
        ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "is an xz archive: unpack it first"),
        ([(byte)'7', (byte)'z', 0xbc, 0xaf], "is a 7z archive: unpack it first"),
        ("Rar!"u8.ToArray(), "is a RAR archive: unpack it first"),
        ("GGUF"u8.ToArray(), "is a GGUF file (quantized weights), which this engine does not read: take the safetensors file"),
        ([0x89, (byte)'H', (byte)'D', (byte)'F'], "is an HDF5 file, which this engine does not read: take the safetensors file"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "is a PNG picture"),
        ([0xff, 0xd8, 0xff], "is a JPEG picture"),
        ("%PDF"u8.ToArray(), "is a PDF document"),
    ];

    /// <summary>How many bytes are enough.</summary>
    public const int Needed = 512;

    /// <summary>What the file is, and what to do; null where it may be safetensors.</summary>
    /// <param name="start">Its first bytes.</param>
    public static string? Other(ReadOnlySpan<byte> start)
    {
        // A header's length may look like anything; what follows it does not.
        if (start.Length > 8 && start[8] == (byte)'{' && start[5..8].IndexOfAnyExcept((byte)0) < 0)
        {
            return null;
        }
        foreach (var (magic, kind) in Known)
        {
            if (start.StartsWith(magic))
            {
                return kind;
            }
        }
        return start is [0x80, >= 2 and <= 5, ..] ? $"is a pickle, as PyTorch writes its checkpoints: {Convert}" : Text(start);
    }

    /// <summary>Refuses what lies in the place of a JSON file and is none.</summary>
    /// <exception cref="EngineException">It is something else, named.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static void RequireJson(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> bytes = stackalloc byte[Needed];
        var start = bytes[..file.ReadAtLeast(bytes, Needed, throwOnEndOfStream: false)];
        if (Other(start) is { } other && !IsJson(start))
        {
            throw new EngineException($"{path}: {other}");
        }
    }

    private static string? Text(ReadOnlySpan<byte> start)
    {
        var text = Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        return new[] { "<!doctype", "<html", "<head", "<?xml", "<!--" }.Any(tag => text.StartsWith(tag, StringComparison.OrdinalIgnoreCase))
            ? "is a web page, not the file: download it again, signed in where the site asks for it (and by its raw address)"
            : text.StartsWith('{') ? "is a JSON text, not weights" : null;
    }

    private static bool IsJson(ReadOnlySpan<byte> start) =>
        Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\t', '\r', '\n') is ['{', ..];
}
