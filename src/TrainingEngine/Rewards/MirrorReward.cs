using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>
/// The mirror report's reward of what a detector found (equations 3 to 7), 0 to 4.5: r = r_mirror + r_objects. One mirror is worth 1.5 and
/// several 1. With a mirror, an object inside of it is worth 1.5 and one outside another 1.5, however many there are;
/// without one, objects are worth 0.5. Of several mirrors the one with the highest score is looked into.
/// </summary>
public static class MirrorReward
{
    /// <summary>The report's.</summary>
    public static MirrorThresholds Published { get; } = new(MirrorScore, ObjectScore, InsideShare);

    /// <summary>c1: a mirror counts from this score on.</summary>
    public const double MirrorScore = 0.35;

    /// <summary>c2: an object counts from this score on.</summary>
    public const double ObjectScore = 0.25;

    /// <summary>c3: an object is inside where more than this share of its box is inside the mirror's box.</summary>
    public const double InsideShare = 0.85;

    private const double OneMirror = 1.5, SeveralMirrors = 1, ObjectsAlone = 0.5, Inside = 1.5, Outside = 1.5;
    private const string Mirror = "mirror";

    /// <summary>The reward of one image.</summary>
    /// <param name="detections">The class <c>mirror</c> is a mirror; all others are objects.</param>
    /// <param name="thresholds">The published ones where none are given.</param>
    public static double Of(IEnumerable<Detection> detections, MirrorThresholds? thresholds = null)
    {
        var (mirrorScore, objectScore, insideShare) = thresholds ?? Published;
        var found = detections.ToLookup(detection => detection.Class == Mirror);
        Detection[] mirrors = [.. found[true].Where(mirror => mirror.Score >= mirrorScore).OrderByDescending(mirror => mirror.Score)];
        Detection[] objects = [.. found[false].Where(thing => thing.Score >= objectScore)];
        return OfMirrors(mirrors.Length) + OfObjects(mirrors, objects, insideShare);
    }

    // Equation 4.
    private static double OfMirrors(int mirrors) => mirrors switch { 0 => 0, 1 => OneMirror, _ => SeveralMirrors };

    // Equations 5 to 7.
    private static double OfObjects(Detection[] mirrors, Detection[] objects, double insideShare)
    {
        if (objects.Length == 0)
        {
            return 0;
        }
        if (mirrors.Length == 0)
        {
            return ObjectsAlone;
        }
        bool IsInside(Detection thing) => ShareInside(thing, mirrors[0]) > insideShare;
        return (objects.Any(IsInside) ? Inside : 0) + (objects.Any(thing => !IsInside(thing)) ? Outside : 0);
    }

    private static double ShareInside(Detection thing, Detection mirror)
    {
        double area = ((double)thing.Right - thing.Left) * ((double)thing.Bottom - thing.Top);
        double width = Math.Min(thing.Right, mirror.Right) - Math.Max((double)thing.Left, mirror.Left);
        double height = Math.Min(thing.Bottom, mirror.Bottom) - Math.Max((double)thing.Top, mirror.Top);
        return area <= 0 || width <= 0 || height <= 0 ? 0 : width * height / area;
    }
}

/// <param name="Mirror">c1: a mirror counts from this score on.</param>
/// <param name="Object">c2: an object counts from this score on.</param>
/// <param name="Inside">c3: an object is inside where more than this share of its box is inside the mirror's box.</param>
public sealed record MirrorThresholds(double Mirror, double Object, double Inside);
