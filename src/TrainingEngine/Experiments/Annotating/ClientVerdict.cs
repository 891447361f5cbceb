using System.Text.Json.Nodes;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Experiments.Annotating;

/// <summary>A simulated annotator's verdict in the labeling page's words.</summary>
public static class ClientVerdict
{
    private const int Deformed = 1, Unsafe = 2;

    /// <summary>Judges an item as the project's task asks.</summary>
    /// <exception cref="EngineException">The prompt is none of the bundled model's, or the project's options are not the mirror
    /// report's.</exception>
    public static JsonObject Of(ClientItem item, LabelingClient desk, SimulatedAnnotator annotator)
    {
        SceneFamily family = ScenePrompts.FamilyOf(item.Prompt)
            ?? throw new EngineException(
                $"the simulated annotator judges the bundled model's pictures alone and cannot judge '{item.Prompt}'");
        return item.IsPair ? Pair(item, annotator, family) : desk.Task switch
        {
            "flag" => Flags(item, desk, annotator, family),
            "rank" => Ranking(item, annotator, family),
            "score" => Choice(desk, $"{annotator.Score(item.Pictures[0], item.Number)}"),
            _ => Choice(desk, $"Label {annotator.Label(item.Pictures[0], item.Number)}"),
        };
    }

    private static JsonObject Pair(ClientItem item, SimulatedAnnotator annotator, SceneFamily family) => Seen("pair", "pick",
        annotator.Prefer(Oracle.Judge(item.Pictures[0], family), Oracle.Judge(item.Pictures[1], family), item.Number) switch
        {
            > 0 => "left",
            < 0 => "right",
            _ => "tie",
        });

    private static JsonObject Ranking(ClientItem item, SimulatedAnnotator annotator, SceneFamily family)
    {
        var order = annotator.Rank([.. item.Pictures.Select(picture => Oracle.Judge(picture, family))], item.Number);
        var places = order.Select(tied => (JsonNode)new JsonArray([.. tied.Select(index => JsonValue.Create(index))]));
        return Seen("ranking", "order", new JsonArray([.. places]));
    }

    private static JsonObject Flags(ClientItem item, LabelingClient desk, SimulatedAnnotator annotator, SceneFamily family)
    {
        int wanted = family == SceneFamily.Art ? Unsafe : Deformed;
        // A project may ask for one kind alone; whatever is bad is then of that kind.
        int used = desk.Flags.Contains(wanted == Unsafe ? "unsafe" : "deformed") ? wanted : Deformed + Unsafe - wanted;
        JsonNode Tile(Picture picture, int index) => new JsonObject
        {
            ["index"] = index,
            ["flags"] = annotator.Flags(picture, family, (item.Number * item.Pictures.Count) + index) ? used : 0,
            ["displayed"] = true,
            ["unblurred"] = true,
        };
        return new JsonObject { ["kind"] = "flags", ["tiles"] = new JsonArray([.. item.Pictures.Select(Tile)]) };
    }

    private static JsonObject Choice(LabelingClient desk, string name) => desk.Choices.Contains(name)
        ? Seen("choice", "name", name)
        : throw new EngineException(
            $"the project has no option '{name}'; the simulated annotator knows the mirror report's scores and labels");

    // Which side an image stands on is the server's to know; it puts its own answer in the place of firstOnLeft.
    private static JsonObject Seen(string kind, string what, JsonNode value)
    {
        var verdict = new JsonObject { ["kind"] = kind, [what] = value, ["displayed"] = true, ["unblurred"] = true };
        if (kind == "pair")
        {
            verdict["firstOnLeft"] = true;
        }

        return verdict;
    }
}
