namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>Pixels that hang together (4 neighbours), and the box around them with its right and bottom edges excluded.</summary>
internal sealed record Blob(IReadOnlyList<int> Pixels, int Left, int Top, int Right, int Bottom)
{
    public int Area => Pixels.Count;

    public int Width => Right - Left;

    public int Height => Bottom - Top;

    /// <summary>All blobs of a mask with at least so many pixels, the largest first.</summary>
    public static List<Blob> Find(bool[] mask, int smallest)
    {
        const int Size = PixelGrid.Size;
        var seen = new bool[mask.Length];
        var blobs = new List<Blob>();
        var open = new Stack<int>();
        for (int start = 0; start < mask.Length; start++)
        {
            if (!mask[start] || seen[start])
            {
                continue;
            }

            var pixels = new List<int>();
            seen[start] = true;
            open.Push(start);
            while (open.TryPop(out int pixel))
            {
                pixels.Add(pixel);
                int column = pixel % Size, row = pixel / Size;
                Visit(column > 0, pixel - 1);
                Visit(column < Size - 1, pixel + 1);
                Visit(row > 0, pixel - Size);
                Visit(row < Size - 1, pixel + Size);
            }

            if (pixels.Count >= smallest)
            {
                blobs.Add(Around(pixels));
            }
        }

        return [.. blobs.OrderByDescending(blob => blob.Area)];

        void Visit(bool exists, int pixel)
        {
            if (exists && mask[pixel] && !seen[pixel])
            {
                seen[pixel] = true;
                open.Push(pixel);
            }
        }
    }

    /// <summary>Several blobs seen as one thing.</summary>
    public static Blob Around(IReadOnlyList<int> pixels) => new(
        pixels,
        pixels.Min(pixel => pixel % PixelGrid.Size),
        pixels.Min(pixel => pixel / PixelGrid.Size),
        pixels.Max(pixel => pixel % PixelGrid.Size) + 1,
        pixels.Max(pixel => pixel / PixelGrid.Size) + 1);

    /// <summary>True if the middle of the box lies inside the other box.</summary>
    public bool IsInside(Blob other) =>
        (Left + Right) / 2f is var x && (Top + Bottom) / 2f is var y && x > other.Left && x < other.Right && y > other.Top
            && y < other.Bottom;

    /// <summary>The box as shares of the picture.</summary>
    public Detection Found(string name, float score) => new(
        name, (float)Left / PixelGrid.Size, (float)Top / PixelGrid.Size, (float)Right / PixelGrid.Size, (float)Bottom / PixelGrid.Size,
            score);
}
