using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Labeler.Shared.Imaging;
using Labeler.Shared.Photos;
using Labeler.Shared.PreferenceSets;
using Labeler.Shared.PreferenceSets.Reading;
using Labeler.Shared.PreferenceSets.Writing;

var pairs = new Option<int>("--pairs") { DefaultValueFactory = _ => 100_000, Description = "pairs in the set" };
var bytes = new Option<int>("--bytes") { DefaultValueFactory = _ => 16 << 10, Description = "bytes of each picture" };
var format = new Option<string>("--format") { DefaultValueFactory = _ => SetFormat.PickAPic.Name, Description = "as the page has it" };
var command = new RootCommand(
    "Writes a preference set with its pictures and reads it again: seconds, and the most memory that the process ever held.")
{
    pairs, bytes, format,
};
command.SetAction(async (parsed, stop) =>
{
    var (count, size, chosen) = (parsed.GetValue(pairs), parsed.GetValue(bytes), SetFormat.Named(parsed.GetValue(format)!));
    var path = Path.Combine(Path.GetTempPath(), $"labeler-sets-{Environment.ProcessId}{chosen.Ending}");
    try
    {
        var began = Stopwatch.StartNew();
        await using (var output = new FileStream(path, FileMode.Create, FileAccess.ReadWrite))
        await using (var writer = await SetWriters.Open(chosen, output, "bench", stop))
        {
            for (var n = 0; n < count; n++)
            {
                var (first, second) = (Picture(2 * n, size), Picture((2 * n) + 1, size));
                var row = new PairRow(
                    $"prompt {n % 1000}", first.Hash, second.Hash, n % 2 == 0, 1, 1, 1, DateTimeOffset.UnixEpoch, "m");
                await writer.Add(row, first, second, stop);
            }
        }
        Tell("written", count, began, path);
        began.Restart();
        var read = 0;
        await using (var source = await SetSource.Open(path, Path.GetFileName(path), new ImportLimits(), stop))
        {
            await foreach (var row in source.Read(0, stop))
            {
                read += row.Fault is null && row.First.Content.Length == size ? 1 : 0;
            }
        }
        Tell("read", read, began, path);
        return read == count ? 0 : 1;
    }
    finally
    {
        File.Delete(path);
    }
});
return command.Parse(args).Invoke();

// Noise, which no packing makes smaller; nothing here decodes it.
static SetPicture Picture(int number, int size)
{
    var content = new byte[size];
    new Random(number).NextBytes(content);
    return new($"{number:x64}", content, PictureFormat.Png);
}

static void Tell(string what, int count, Stopwatch began, string path)
{
    var peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':')[1].Trim();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what}: {count:N0} pairs, {new FileInfo(path).Length / 1e9:0.00} GB, {began.Elapsed.TotalSeconds:0} s; peak so far {peak}"));
}
