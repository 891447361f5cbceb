using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;

namespace Labeler.Shared.Data.Servers;

/// <summary>Data-protection keys that an earlier version kept in files: what they have protected can be read on.</summary>
internal static class KeyFiles
{
    /// <summary>Brings into the database what it does not have yet. The files stay: an older copy of the database that is restored gets
    /// its keys from them.</summary>
    public static async Task TakeOver(LabelerDb db, DataFolder folder, CancellationToken cancel)
    {
        var files = new DirectoryInfo(folder.Keys).GetFiles("*.xml");
        if (files.Length == 0)
        {
            return;
        }
        var there = await db.DataProtectionKeys.Select(key => key.FriendlyName).ToListAsync(cancel);
        foreach (var file in files.Where(file => !there.Contains(Path.GetFileNameWithoutExtension(file.Name))))
        {
            if (await Read(file, cancel) is { } xml)
            {
                db.DataProtectionKeys.Add(new DataProtectionKey { FriendlyName = Path.GetFileNameWithoutExtension(file.Name), Xml = xml });
            }
        }
        await db.SaveChangesAsync(cancel);
    }

    // One that was damaged was of no use to the earlier version either.
    private static async Task<string?> Read(FileInfo file, CancellationToken cancel)
    {
        try
        {
            var text = await File.ReadAllTextAsync(file.FullName, cancel);
            return XElement.Parse(text).ToString(SaveOptions.DisableFormatting);
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
