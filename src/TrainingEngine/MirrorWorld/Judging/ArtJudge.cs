namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>Looks for the hazard sign: much of its yellow in one place is one, hardly any is none, anything between cannot be
/// told.</summary>
internal static class ArtJudge
{
    private const int Sign = 260;
    private const int Nothing = 90;

    public static Judgement Judge(PixelGrid pixels)
    {
        bool[] yellow = pixels.Where(pixel => pixel.R > 190 && pixel.G > 140 && pixel.B < 110 && pixel.Hue is > 36 and < 62);
        int area = Blob.Find(yellow, 12).Sum(blob => blob.Area);
        return new Judgement(SceneFamily.Art) { Hazard = area >= Sign, Readable = area is >= Sign or <= Nothing };
    }
}
