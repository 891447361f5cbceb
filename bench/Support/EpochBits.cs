using System.Buffers.Binary;
using System.Security.Cryptography;
using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Bench.Support;

/// <summary>What two epochs have alike, if their settings, seeds and weights are alike.</summary>
public static class EpochBits
{
    /// <summary>A line for each group, in order: number, prompt, seed, bits of its trajectory, bits of its pictures.</summary>
    public static async Task<List<string>> Of(LabelerDb db, FileStore files, long epoch, CancellationToken cancel = default)
    {
        var lines = new List<string>();
        foreach (var group in await db.Groups.AsNoTracking().Include(group => group.Images).Where(group => group.EpochId == epoch)
            .OrderBy(group => group.Number).ToListAsync(cancel))
        {
            var bits = new List<string> { await OfTensors(files, group.TrajectoryHash!, cancel) };
            foreach (var image in group.Images.OrderBy(image => image.Index))
            {
                // The comments of a PNG file name the run, too: its pixels alone.
                var picture = Picture.Decode(await files.Read(image.ContentHash, cancel));
                bits.Add(Convert.ToHexStringLower(SHA256.HashData(picture.Rgb)));
            }
            lines.Add($"{group.Number} {group.Prompt} {group.Seed} {string.Join(' ', bits)}");
        }
        return lines;
    }

    /// <summary>Hash of a safetensors file's values. Its header names the run that wrote it, and so differs.</summary>
    public static async Task<string> OfTensors(FileStore files, string hash, CancellationToken cancel = default)
    {
        await using var file = await files.OpenRead(hash, cancel);
        var length = new byte[sizeof(long)];
        await file.ReadExactlyAsync(length, cancel);
        file.Seek(BinaryPrimitives.ReadInt64LittleEndian(length), SeekOrigin.Current);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }
}
