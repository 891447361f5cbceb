using Labeler.Shared.Imaging;

namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>
/// Judges a picture by its pixels alone, as a careful annotator would: it knows what was asked for, not what was drawn or
/// sampled. Made for scenes and for what the bundled model makes of them, so it tolerates the blur of an autoencoder.
/// </summary>
public static class Oracle
{
    /// <summary>Counts the fingers, finds mirrors and objects, or looks for the hazard sign.</summary>
    /// <param name="picture">A square picture of 64 pixels or more.</param>
    /// <param name="family">What the prompt asked for.</param>
    public static Judgement Judge(Picture picture, SceneFamily family)
    {
        var pixels = PixelGrid.Of(picture);
        return family switch
        {
            SceneFamily.Hand => HandJudge.Judge(pixels),
            SceneFamily.Mirror => MirrorJudge.Judge(pixels),
            _ => ArtJudge.Judge(pixels),
        };
    }
}
