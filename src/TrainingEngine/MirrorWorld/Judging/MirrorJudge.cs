using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>Finds frames (dark, grey, around something bright) and objects (saturated colour), and compares object and reflection.</summary>
internal static class MirrorJudge
{
    private const int SmallestFrame = 22;
    private const float SmallestFrameShare = 0.6f;
    private const int SmallestObject = 110;
    private const float LargestHueDifference = 17;
    private const float LeastLikeness = 0.5f;
    private const float ClearDifference = 0.03f;

    public static Judgement Judge(PixelGrid pixels)
    {
        bool[] dark = pixels.Where(pixel => pixel.Luminance < 115 && pixel.Spread < 75);
        bool[] coloured = pixels.Where(pixel => pixel.Spread > 75);
        var frames = Blob.Find(dark, 100).Select(blob => (Blob: blob, Share: FrameShare(dark, blob))).ToList();
        List<Blob> mirrors = [.. frames.Where(frame => frame.Share >= SmallestFrameShare).Select(frame => frame.Blob)];
        List<Blob> things = Blob.Find(coloured, 40);
        List<Blob?> inside = [.. mirrors.Select(mirror => Whole(things.Where(thing => thing.IsInside(mirror))))];
        Blob? outside = Whole(things.Where(thing => !mirrors.Exists(thing.IsInside)));

        MirrorFault? fault = Fault(pixels, mirrors.Count, inside, outside);
        return new Judgement(SceneFamily.Mirror)
        {
            Readable = fault is not null && mirrors.Count == frames.Count,
            Fault = fault ?? MirrorFault.NoMirror,
            Detections =
            [
                .. frames.Where(frame => frame.Share >= SmallestFrameShare).Select(frame => frame.Blob.Found("mirror", frame.Share)),
                .. inside.Append(outside).OfType<Blob>().Select(thing => thing.Found("object", 1)),
            ],
        };
    }

    private static MirrorFault? Fault(PixelGrid pixels, int mirrors, List<Blob?> inside, Blob? outside) => (mirrors, inside, outside) switch
    {
        (0, _, null) => null,
        (0, _, _) => MirrorFault.NoMirror,
        ( > 1, _, _) => MirrorFault.TwoMirrors,
        (_, [null], null) => MirrorFault.EmptyMirror,
        (_, [null], _) => MirrorFault.OnlyOutside,
        (_, _, null) => MirrorFault.OnlyInside,
        (_, [{ } reflection], { } thing) => Compare(pixels, thing, reflection),
        _ => null,
    };

    /// <summary>None, wrong colour or not flipped; null if the reflection is like the object neither way round or both ways.</summary>
    private static MirrorFault? Compare(PixelGrid pixels, Blob thing, Blob reflection)
    {
        float hues = Math.Abs(Colour(pixels, thing).Hue - Colour(pixels, reflection).Hue);
        if (Math.Min(hues, 360 - hues) > LargestHueDifference)
        {
            return MirrorFault.WrongColour;
        }

        var form = new Silhouette(thing);
        float flipped = form.Likeness(new Silhouette(reflection, flipped: true));
        float unflipped = form.Likeness(new Silhouette(reflection));
        return Math.Max(flipped, unflipped) < LeastLikeness || Math.Abs(flipped - unflipped) < ClearDifference
            ? null
            : flipped > unflipped ? MirrorFault.None : MirrorFault.NotFlipped;
    }

    /// <summary>Share of the box's outline (three pixels deep) at which the dark frame is found; 0 for what is no frame.</summary>
    private static float FrameShare(bool[] dark, Blob blob)
    {
        if (blob.Width < SmallestFrame || blob.Height < SmallestFrame || blob.Area > 0.55f * blob.Width * blob.Height)
        {
            return 0;
        }

        int found = 0;
        bool Dark(int column, int row) => dark[(row * PixelGrid.Size) + column];
        for (int column = blob.Left; column < blob.Right; column++)
        {
            found += Enumerable.Range(0, 3).Any(depth => Dark(column, blob.Top + depth)) ? 1 : 0;
            found += Enumerable.Range(0, 3).Any(depth => Dark(column, blob.Bottom - 1 - depth)) ? 1 : 0;
        }

        for (int row = blob.Top; row < blob.Bottom; row++)
        {
            found += Enumerable.Range(0, 3).Any(depth => Dark(blob.Left + depth, row)) ? 1 : 0;
            found += Enumerable.Range(0, 3).Any(depth => Dark(blob.Right - 1 - depth, row)) ? 1 : 0;
        }

        return found / (2f * (blob.Width + blob.Height));
    }

    private static Blob? Whole(IEnumerable<Blob> parts)
    {
        List<int> pixels = [.. parts.SelectMany(part => part.Pixels)];
        return pixels.Count >= SmallestObject ? Blob.Around(pixels) : null;
    }

    private static Rgb Colour(PixelGrid pixels, Blob blob) => new(
        blob.Pixels.Average(pixel => pixels[pixel].R), blob.Pixels.Average(pixel => pixels[pixel].G), blob.Pixels.Average(pixel => pixels[pixel].B));
}
