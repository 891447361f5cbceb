using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Labeler.Shared.PreferenceSets;

/// <summary>The pairs of pictures that a project has, by prompt and content, whichever picture comes first. A pair takes some forty
/// bytes.</summary>
internal sealed class KnownPairs
{
    private readonly HashSet<UInt128> _pairs = [];

    public static async Task<KnownPairs> Read(IDbContextFactory<LabelerDb> contexts, long projectId, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var (known, group, prompt, images) = (new KnownPairs(), 0L, "", new List<string>());
        var rows = from g in db.Groups
                   where g.ProjectId == projectId
                   from i in g.Images
                   orderby g.Id, i.Index
                   select new { g.Id, g.Prompt, i.ContentHash };
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancel))
        {
            if (row.Id != group)
            {
                (group, prompt) = (row.Id, row.Prompt);
                images.Clear();
            }
            images.ForEach(other => known.Add(prompt, other, row.ContentHash));
            images.Add(row.ContentHash);
        }
        return known;
    }

    public bool Has(string prompt, string first, string second) => _pairs.Contains(KeyOf(prompt, first, second));

    public void Add(string prompt, string first, string second) => _pairs.Add(KeyOf(prompt, first, second));

    private static UInt128 KeyOf(string prompt, string first, string second)
    {
        var (low, high) = string.CompareOrdinal(first, second) < 0 ? (first, second) : (second, first);
        return BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{low}{high}{prompt}")));
    }
}
