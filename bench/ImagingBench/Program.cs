using System.CommandLine;
using System.Diagnostics;
using Labeler.Bench.Imaging;
using Labeler.Shared.Imaging;

var pictures = new Option<DirectoryInfo>("--pictures") { Description = "Folder of PNG files to shrink; without any, twenty pictures of 512 x 512 pixels are drawn into it", Required = true };
var count = new Option<int>("--count") { Description = "Thumbnails a round", DefaultValueFactory = _ => 1000 };
var side = new Option<int>("--side") { Description = "Longer side of a thumbnail in pixels", DefaultValueFactory = _ => 256 };
var rounds = new Option<int>("--rounds") { Description = "Rounds", DefaultValueFactory = _ => 3 };
var command = new RootCommand("Thumbnails as the web application makes them, in processor seconds on one thread.") { pictures, count, side, rounds };
command.SetAction(result => Measure(result.GetRequiredValue(pictures), result.GetValue(count), result.GetValue(side), result.GetValue(rounds)));
return command.Parse(args).Invoke();

static void Measure(DirectoryInfo folder, int count, int side, int rounds)
{
    byte[][] files = DrawnPictures.In(folder);
    _ = Thumbnail.WebP(files[0], side);
    var seconds = new List<double>();
    for (int round = 1; round <= rounds; round++)
    {
        var (before, clock, bytes) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew(), 0L);
        for (int made = 0; made < count; made++)
        {
            bytes += Thumbnail.WebP(files[made % files.Length], side).Length;
        }

        seconds.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        Console.WriteLine(FormattableString.Invariant($"round {round}: {count} thumbnails in {seconds[^1]:0.00} processor seconds, {count / clock.Elapsed.TotalSeconds:0} a second, {bytes / 1000.0 / count:0.0} kB each"));
    }

    seconds.Sort();
    Console.WriteLine(FormattableString.Invariant($"least {seconds[0]:0.00}, median {seconds[seconds.Count / 2]:0.00} processor seconds"));
}
