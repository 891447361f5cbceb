using Labeler.Shared.Imaging;

namespace Labeler.Bench.Imaging;

/// <summary>Pictures with soft shapes and the grain of a photograph, the same in every run.</summary>
internal static class DrawnPictures
{
    private const int Side = 512, Count = 20, Shapes = 60, Grain = 5;

    /// <summary>The PNG files of a folder, drawn first where there are none.</summary>
    public static byte[][] In(DirectoryInfo folder)
    {
        folder.Create();
        if (folder.GetFiles("*.png").Length == 0)
        {
            for (int number = 0; number < Count; number++)
            {
                File.WriteAllBytes(Path.Combine(folder.FullName, $"{number:00}.png"), Draw(new Random(number)).ToPng());
            }
        }

        return [.. folder.GetFiles("*.png").OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => File.ReadAllBytes(file.FullName))];
    }

    private static Picture Draw(Random random)
    {
        var light = new double[3 * Side * Side];
        for (int shape = 0; shape < Shapes; shape++)
        {
            var (x, y, radius) = (random.NextDouble() * Side, random.NextDouble() * Side, 10 + (random.NextDouble() * Side / 4));
            double[] color = [random.Next(-120, 160), random.Next(-120, 160), random.Next(-120, 160)];
            for (int at = 0; at < light.Length; at++)
            {
                var (column, row) = (at / 3 % Side, at / 3 / Side);
                light[at] += color[at % 3] / (1 + Math.Exp((Math.Sqrt(((column - x) * (column - x)) + ((row - y) * (row - y))) - radius) / 2));
            }
        }

        return new Picture(Side, Side, [.. light.Select(value => (byte)Math.Clamp(110 + value + random.Next(-Grain, Grain + 1), 0, 255))]);
    }
}
