using Labeler.Client;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Experiments.Annotating;

/// <summary>A simulated annotator's verdict in the words of the interface for programs.</summary>
public static class ClientVerdict
{
    private const int Deformed = 1, Unsafe = 2;

    /// <summary>Judges an item as the project's task asks.</summary>
    /// <exception cref="EngineException">The prompt is none of the bundled model's, or the project's options are not the mirror
    /// report's.</exception>
    public static Verdict Of(ClientItem item, LabelingClient desk, SimulatedAnnotator annotator)
    {
        SceneFamily family = ScenePrompts.FamilyOf(item.Prompt)
            ?? throw new EngineException(
                $"the simulated annotator judges the bundled model's pictures alone and cannot judge '{item.Prompt}'");
        return item.IsPair ? Pair(item, annotator, family) : desk.Asks switch
        {
            LabelingTask.FlagBatch => Flags(item, desk, annotator, family),
            LabelingTask.Rank => Ranking(item, annotator, family),
            LabelingTask.Score => Choice(desk, $"{annotator.Score(item.Pictures[0], item.Number)}"),
            _ => Choice(desk, $"Label {annotator.Label(item.Pictures[0], item.Number)}"),
        };
    }

    private static VerdictPairVerdict Pair(ClientItem item, SimulatedAnnotator annotator, SceneFamily family) => new()
    {
        Pick = annotator.Prefer(Oracle.Judge(item.Pictures[0], family), Oracle.Judge(item.Pictures[1], family), item.Number) switch
        {
            > 0 => PairPick.Left,
            < 0 => PairPick.Right,
            _ => PairPick.Tie,
        },
    };

    private static VerdictRankVerdict Ranking(ClientItem item, SimulatedAnnotator annotator, SceneFamily family) => new()
    {
        Order = [.. annotator.Rank([.. item.Pictures.Select(picture => Oracle.Judge(picture, family))], item.Number)],
    };

    private static VerdictFlagVerdict Flags(ClientItem item, LabelingClient desk, SimulatedAnnotator annotator, SceneFamily family)
    {
        int wanted = family == SceneFamily.Art ? Unsafe : Deformed;
        // A project may ask for one kind alone; whatever is bad is then of that kind.
        int used = (desk.Flags & wanted) != 0 ? wanted : Deformed + Unsafe - wanted;
        TileVerdict Tile(Picture picture, int index) => new()
        {
            Index = index,
            Flags = annotator.Flags(picture, family, (item.Number * item.Pictures.Count) + index) ? used : 0,
            Displayed = true,
            Unblurred = true,
        };
        return new() { Tiles = [.. item.Pictures.Select(Tile)] };
    }

    private static VerdictChoiceVerdict Choice(LabelingClient desk, string name) => desk.Choices.Contains(name)
        ? new() { Name = name }
        : throw new EngineException(
            $"the project has no option '{name}'; the simulated annotator knows the mirror report's scores and labels");
}
