namespace Labeler.Shared.Imaging;

/// <summary>How much images differ: the mean over all pairs of the root mean square difference of pixels of 0 to 1, at 32 × 32.</summary>
public static class Diversity
{
    private const int Side = 32;

    /// <summary>0 for equal images or fewer than two; about 0.2 for lively ones.</summary>
    public static double Of(IReadOnlyList<Picture> pictures)
    {
        float[][] small = [.. pictures.Select(Reduce)];
        double sum = 0;
        for (int first = 0; first < small.Length; first++)
        {
            for (int second = 0; second < first; second++)
            {
                sum += Distance(small[first], small[second]);
            }
        }

        return pictures.Count < 2 ? 0 : sum / (pictures.Count * (pictures.Count - 1) / 2.0);
    }

    /// <summary>The mean over all pairs of one picture each; 0 where there is none.</summary>
    public static double Change(IEnumerable<(Picture Before, Picture After)> pairs) =>
        pairs.Select(pair => Distance(Reduce(pair.Before), Reduce(pair.After))).DefaultIfEmpty(0).Average();

    /// <summary>Mean red, green and blue, 0 to 1.</summary>
    public static double[] MeanColour(IReadOnlyList<Picture> pictures)
    {
        var sums = new double[3];
        foreach (Picture picture in pictures)
        {
            for (int at = 0; at < picture.Rgb.Length; at++)
            {
                sums[at % 3] += picture.Rgb[at] / (255.0 * picture.Width * picture.Height);
            }
        }

        return [.. sums.Select(sum => sum / Math.Max(1, pictures.Count))];
    }

    private static double Distance(float[] one, float[] other)
    {
        float squares = 0;
        for (int value = 0; value < one.Length; value++)
        {
            float difference = one[value] - other[value];
            squares += difference * difference;
        }

        return Math.Sqrt(squares / one.Length);
    }

    private static float[] Reduce(Picture picture)
    {
        var values = new float[3 * Side * Side];
        var counts = new int[Side * Side];
        for (int row = 0; row < picture.Height; row++)
        {
            for (int column = 0; column < picture.Width; column++)
            {
                int cell = (row * Side / picture.Height * Side) + (column * Side / picture.Width);
                int at = 3 * ((row * picture.Width) + column);
                counts[cell]++;
                for (int channel = 0; channel < 3; channel++)
                {
                    values[(3 * cell) + channel] += picture.Rgb[at + channel] / 255f;
                }
            }
        }

        for (int value = 0; value < values.Length; value++)
        {
            values[value] /= Math.Max(1, counts[value / 3]);
        }

        return values;
    }
}
