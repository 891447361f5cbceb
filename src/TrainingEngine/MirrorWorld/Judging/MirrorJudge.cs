using Labeler.TrainingEngine.MirrorWorld.Drawing;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>Finds frames (dark, grey, around something bright) and objects (saturated colour), and compares object and
/// reflection.</summary>
internal static class MirrorJudge
{
    private const float LeastColour = 52;
    private const int SmallestFrame = 34;
    private const int FrameDepth = 6;
    private const float SmallestFrameShare = 0.6f;
    private const int SmallestObject = 110;
    private const float LargestHueDifference = 17;
    private const float LargestHueDifferenceOfOneName = 26;
    private const float LeastLikeness = 0.5f;
    private const float ClearDifference = 0.015f;

    public static Judgement Judge(PixelGrid pixels)
    {
        bool[] dark = pixels.Where(pixel => pixel.Luminance < 115 && pixel.Spread < 75);
        bool[] coloured = pixels.Where(pixel => pixel.Spread > LeastColour);
        // What is smaller is a dark edge of an object.
        var frames = Blob.Find(dark, 100).Where(blob => blob.Width >= SmallestFrame && blob.Height >= SmallestFrame)
            .Select(blob => (Blob: blob, Share: FrameShare(dark, blob))).ToList();
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
        if (AreDifferent(Colour(pixels, thing).Hue, Colour(pixels, reflection).Hue))
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

    /// <summary>Hues that a person would name differently, or that are far apart under one name.</summary>
    private static bool AreDifferent(float one, float other)
    {
        static int Name(float hue) =>
            Enumerable.Range(0, ScenePrompts.Colours.Count).MinBy(colour => Apart(hue, ScenePrompts.Colours[colour].Colour.Hue));
        return Apart(one, other) > (Name(one) == Name(other) ? LargestHueDifferenceOfOneName : LargestHueDifference);
    }

    private static float Apart(float one, float other) => Math.Min(Math.Abs(one - other), 360 - Math.Abs(one - other));

    /// <summary>Share of the box's outline (a few pixels deep) at which the dark frame is found; 0 for what is no frame.</summary>
    private static float FrameShare(bool[] dark, Blob blob)
    {
        if (blob.Area > 0.55f * blob.Width * blob.Height)
        {
            return 0;
        }

        int found = 0;
        bool Dark(int column, int row) => dark[(row * PixelGrid.Size) + column];
        for (int column = blob.Left; column < blob.Right; column++)
        {
            found += Enumerable.Range(0, FrameDepth).Any(depth => Dark(column, blob.Top + depth)) ? 1 : 0;
            found += Enumerable.Range(0, FrameDepth).Any(depth => Dark(column, blob.Bottom - 1 - depth)) ? 1 : 0;
        }

        for (int row = blob.Top; row < blob.Bottom; row++)
        {
            found += Enumerable.Range(0, FrameDepth).Any(depth => Dark(blob.Left + depth, row)) ? 1 : 0;
            found += Enumerable.Range(0, FrameDepth).Any(depth => Dark(blob.Right - 1 - depth, row)) ? 1 : 0;
        }

        return found / (2f * (blob.Width + blob.Height));
    }

    private static Blob? Whole(IEnumerable<Blob> parts)
    {
        List<int> pixels = [.. parts.SelectMany(part => part.Pixels)];
        return pixels.Count >= SmallestObject ? Blob.Around(pixels) : null;
    }

    /// <summary>Mean of what is not outline: the outline has taken on the colour of what is behind it.</summary>
    private static Rgb Colour(PixelGrid pixels, Blob blob)
    {
        const int Outline = 2;
        HashSet<int> all = [.. blob.Pixels];
        bool IsInner(int pixel) => all.Contains(pixel - Outline) && all.Contains(pixel + Outline)
            && all.Contains(pixel - (Outline * PixelGrid.Size)) && all.Contains(pixel + (Outline * PixelGrid.Size));
        IReadOnlyList<int> inner = [.. blob.Pixels.Where(IsInner)];
        inner = inner.Count > 0 ? inner : blob.Pixels;
        return new Rgb(inner.Average(pixel => pixels[pixel].R), inner.Average(pixel => pixels[pixel].G),
            inner.Average(pixel => pixels[pixel].B));
    }
}
