using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>
/// Mirror World's pixel oracle: a normal hand or safe art is worth 1, another 0; a mirror scene is worth a tenth of its rubric score.
/// As a detector it says which mirrors and objects it sees.
/// </summary>
public sealed class PixelOracle : IReward, IDetector
{
    /// <inheritdoc />
    public string Name => "share of what is right, 0 to 1";

    /// <inheritdoc />
    public IReadOnlyList<double> Of(IReadOnlyList<Candidate> images, Action<string> report, CancellationToken stop) =>
        [.. images.Select(image =>
    {
        stop.ThrowIfCancellationRequested();
        Judgement seen = Oracle.Judge(image.Open(), FamilyOf(image.Prompt));
        return seen.Family == SceneFamily.Mirror ? seen.Score / 10.0 : seen.IsGood ? 1 : 0;
    })];

    /// <inheritdoc />
    public IReadOnlyList<Detection> Find(Candidate image, Action<string> report) =>
        Oracle.Judge(image.Open(), SceneFamily.Mirror).Detections;

    public void Dispose()
    {
    }

    private static SceneFamily FamilyOf(string prompt) => ScenePrompts.FamilyOf(prompt)
        ?? throw new EngineException($"the pixel oracle judges the bundled model's prompts alone, and '{prompt}' is none of them");
}
