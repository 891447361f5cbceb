using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Copies a 64-bit little-endian ELF library with one of its version needs marked weak (VER_FLG_WEAK): the loader then accepts a library without it.</summary>
public sealed class WeakenVersionNeed : Task
{
    [Required] public string Source { get; set; }
    [Required] public string Destination { get; set; }
    [Required] public string Version { get; set; }

    public override bool Execute()
    {
        var elf = File.ReadAllBytes(Source);
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        if (!Weaken(elf, Version))
        {
            Log.LogMessage(MessageImportance.Normal, "{0} does not need {1}: copied as it is.", Source, Version);
        }
        var half = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(half, elf);
        File.Delete(Destination);
        File.Move(half, Destination);
        return true;
    }

    private static bool Weaken(byte[] elf, string version)
    {
        const uint VersionNeeds = 0x6ffffffe;
        var sections = (int)BitConverter.ToInt64(elf, 0x28);
        for (var section = sections; section < sections + 64 * BitConverter.ToUInt16(elf, 0x3C); section += 64)
        {
            if (BitConverter.ToUInt32(elf, section + 4) != VersionNeeds) continue;
            var names = (int)BitConverter.ToInt64(elf, sections + 64 * BitConverter.ToInt32(elf, section + 40) + 24);
            for (var need = (int)BitConverter.ToInt64(elf, section + 24); ; need += BitConverter.ToInt32(elf, need + 12))
            {
                var aux = need + BitConverter.ToInt32(elf, need + 8);
                for (var left = BitConverter.ToUInt16(elf, need + 2); left > 0; left--, aux += BitConverter.ToInt32(elf, aux + 12))
                {
                    var name = names + BitConverter.ToInt32(elf, aux + 8);
                    if (Encoding.ASCII.GetString(elf, name, Array.IndexOf(elf, (byte)0, name) - name) == version)
                    {
                        elf[aux + 4] |= 2;
                        return true;
                    }
                }
                if (BitConverter.ToInt32(elf, need + 12) == 0) break;
            }
        }
        return false;
    }
}
