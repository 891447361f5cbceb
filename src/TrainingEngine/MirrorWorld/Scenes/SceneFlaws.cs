namespace Labeler.TrainingEngine.MirrorWorld.Scenes;

/// <summary>Shares of scenes that are drawn with a flaw, each 0 to 1. The defaults taught the bundled autoencoder.</summary>
/// <param name="Hands">Hands with another count of fingers than five.</param>
/// <param name="Art">Compositions with a hazard sign.</param>
/// <param name="Mirrors">Reflections that are not right.</param>
/// <param name="Colors">Of those, the ones in another color than the object; the other faults share the rest as they always
/// do.</param>
public sealed record SceneFlaws(double Hands = 0.45, double Art = 0.55, double Mirrors = 0.5, double Colors = 0.2)
{
    /// <summary>The defaults.</summary>
    public static SceneFlaws Default { get; } = new();
}
