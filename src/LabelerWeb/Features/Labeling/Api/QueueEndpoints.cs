using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Labeling.Api;

/// <summary>Handing out items and keeping them.</summary>
public static class QueueEndpoints
{
    private const int MostHeld = 64;

    /// <param name="State">open, or why there is nothing: see <see cref="LabelingStatus"/>; or where a practice stands.</param>
    /// <param name="Practice">Null where none is asked of this person now.</param>
    public sealed record Answer(string State, IReadOnlyList<ApiItem> Items, Sampling? Sampling, Progress Progress,
        PracticeEndpoints.Standing? Practice = null);

    public sealed record Held(IReadOnlyList<long> Items);

    public sealed record Lost(IReadOnlyList<long> Items);

    /// <param name="holding">Items that the page has already, separated by commas.</param>
    public static async Task<Results<JsonHttpResult<Answer>, NotFound>> Take(
        long project, HttpContext context, ItemQueue queue, LabelingStatus status, Practice practice, PictureAccess pictures,
        int take = 4, string holding = "")
    {
        var cancel = context.RequestAborted;
        var annotator = context.User.AccountId();
        var batch = await queue.Take(project, annotator, take, Numbers(holding), cancel);
        if (batch.Why == NoItemsReason.NoProject)
        {
            return TypedResults.NotFound();
        }
        if (batch.Why == NoItemsReason.Practice)
        {
            var turn = await practice.Turn(project, annotator, cancel);
            var standing = PracticeEndpoints.Standing.At(turn);
            return TypedResults.Json(new Answer(standing.State, turn.Item is null ? [] : [ApiItem.Of(turn)], null,
                await status.Progress(project, annotator, cancel), standing), ApiJson.Options);
        }
        var (state, sampling) = await status.Of(project, annotator, batch, cancel);
        var progress = await status.Progress(project, annotator, cancel);
        var items = batch.Leases.Select(ApiItem.Of).ToList();
        pictures.HandOut(context.User.Viewer(), project, items.SelectMany(item => item.Images).Select(image => image.Hash));
        return TypedResults.Json(new Answer(state, items, sampling, progress), ApiJson.Options);
    }

    public static async Task<JsonHttpResult<Lost>> Extend(long project, HttpContext context, ItemQueue queue)
    {
        var held = (await ApiJson.Read<Held>(context.Request, context.RequestAborted)).Items;
        if (held.Count > MostHeld)
        {
            throw new LabelerException($"At most {MostHeld} items can be held at a time.");
        }
        var still = await queue.Extend(context.User.AccountId(), held, context.RequestAborted);
        return TypedResults.Json(new Lost([.. held.Except(still)]), ApiJson.Options);
    }

    private static List<long> Numbers(string text)
    {
        var numbers = new List<long>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            numbers.Add(numbers.Count < MostHeld && long.TryParse(part, out var number) ? number
                : throw new LabelerException($"\"holding\" is a list of at most {MostHeld} item numbers."));
        }
        return numbers;
    }
}
