using System.Diagnostics;
using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Tests.Imaging;

/// <summary>This assembly as a program of its own, for what a process settles once: its fonts, its libvips, its standard error.</summary>
internal static class ImagingProgram
{
    /// <summary>Starts it.</summary>
    /// <param name="arguments">An errand and what it needs.</param>
    /// <param name="environment">Variables that it gets on top of this process'; null takes one away.</param>
    /// <param name="folder">Where a copy of the assembly lies, if not this one.</param>
    /// <param name="within">A shell script that ends with <c>exec "$@"</c>; run as root in a mount namespace of its own.</param>
    public static (int Code, string[] Lines, string Errors) Run(
        string[] arguments, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null, string? within = null)
    {
        string[] shell = within is null ? [] : ["unshare", "--mount", "sh", "-ec", within, "sh"];
        string[] command = [.. shell, "dotnet", "exec", Path.Combine(folder ?? AppContext.BaseDirectory, "Shared.Tests.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return (process.ExitCode, lines, errors.Result);
    }

    public static int Main(string[] arguments)
    {
        try
        {
            foreach (string line in arguments[0] switch
            {
                "captions" => arguments[1..].Select(text => Described(Caption.Draw(text, 300, 14)!)),
                "damaged" => [$"{Damaged()} refused"],
                "memory" => [$"{GrowthOver(int.Parse(arguments[1]))}"],
                _ => throw new ArgumentException($"{arguments[0]} is no errand."),
            })
            {
                Console.WriteLine(line);
            }

            return 0;
        }
        catch (PictureException refusal)
        {
            Console.WriteLine($"{refusal.Problem}: {refusal.Message}");
            return 1;
        }
    }

    private static string Described(Picture caption) =>
        $"{caption.Width} x {caption.Height}, {caption.Rgb.Count(value => value < 100)} dark, {ContentHash.Of(caption.Rgb)}";

    private static int Damaged()
    {
        Picture picture = Pictures.Gradient(40, 30);
        int refused = 0;
        foreach (byte[] file in new[] { picture.ToPng(), picture.ToJpeg(), Pictures.WebP(picture), Pictures.Gif(2), Pictures.FromElsewhere("cmyk.jpg"), Pictures.FromElsewhere("animated.webp") })
        {
            for (int at = 8; at < file.Length; at += 11)
            {
                var flipped = (byte[])file.Clone();
                flipped[at] ^= 0xFF;
                foreach (byte[] damaged in new[] { flipped, file[..at] })
                {
                    try
                    {
                        _ = Thumbnail.WebP(damaged, 16, limits: PictureLimits.Default with { FirstFrame = true });
                    }
                    catch (PictureException)
                    {
                        refused++;
                    }
                }
            }
        }

        return refused;
    }

    /// <summary>Bytes by which the process grew over so many thumbnails by four threads, after as many to warm up.</summary>
    private static long GrowthOver(int thumbnails)
    {
        byte[] file = Pictures.Gradient(512, 512).ToJpeg();
        long Resident()
        {
            Parallel.For(0, thumbnails, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => Thumbnail.WebP(file, 128));
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Environment.WorkingSet;
        }

        return -Resident() + Resident();
    }
}
