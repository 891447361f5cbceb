using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.MirrorWorld.Drawing;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.MirrorWorld.Scenes;

/// <summary>A drawn picture with the prompt it fits and the truth about it.</summary>
/// <param name="Picture">The pixels, square.</param>
/// <param name="Prompt">One of <see cref="ScenePrompts"/>.</param>
/// <param name="Truth">What was drawn.</param>
public sealed record Scene(Picture Picture, string Prompt, Judgement Truth)
{
    /// <summary>Width and height in pixels when not told otherwise: those of the bundled model.</summary>
    public const int Size = 128;

    /// <summary>Shares of the families in the training data: hands are the hardest to learn.</summary>
    private static readonly (SceneFamily, double)[] Mixture =
        [(SceneFamily.Hand, 0.46), (SceneFamily.Mirror, 0.32), (SceneFamily.Art, 0.22)];

    /// <summary>Draws scene <paramref name="number"/> of an endless series.</summary>
    /// <param name="seed">The series.</param>
    /// <param name="number">Which scene of it.</param>
    /// <param name="family">The family; drawn by the training mixture when null.</param>
    /// <param name="size">Width and height in pixels.</param>
    /// <param name="flaws">How often something is wrong; the default shares when null.</param>
    public static Scene Draw(long seed, long number, SceneFamily? family = null, int size = Size, SceneFlaws? flaws = null)
    {
        flaws ??= SceneFlaws.Default;
        var random = new SceneRandom(seed, number);
        SceneFamily drawn = family ?? random.Pick(Mixture);
        var canvas = new Canvas(size);
        (string prompt, Judgement truth) = drawn switch
        {
            SceneFamily.Hand => (ScenePrompts.Hand, HandScene.Draw(canvas, random, flaws.Hands)),
            SceneFamily.Mirror => MirrorScene.Draw(canvas, random, flaws),
            _ => ArtScene.Draw(canvas, random, flaws.Art),
        };
        return new Scene(canvas.ToPicture(), prompt, truth);
    }
}
