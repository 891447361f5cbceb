using Labeler.Shared;
using Labeler.Shared.Voting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Labeling;

/// <summary>Handing out items and keeping them.</summary>
public static class QueueEndpoints
{
    private const int MostHeld = 64;

    /// <param name="State">open, or why there is nothing: see <see cref="LabelingStatus"/>.</param>
    public sealed record Answer(string State, IReadOnlyList<WireItem> Items, Sampling? Sampling, Progress Progress);

    public sealed record Held(IReadOnlyList<long> Items);

    public sealed record Lost(IReadOnlyList<long> Items);

    /// <param name="holding">Items that the page has already, separated by commas.</param>
    public static async Task<Results<JsonHttpResult<Answer>, NotFound>> Take(
        long project, HttpContext context, ItemQueue queue, LabelingStatus situations, int take = 4, string holding = "")
    {
        var cancel = context.RequestAborted;
        var annotator = context.User.AccountId();
        var handed = await queue.Take(project, annotator, take, Numbers(holding), cancel);
        if (handed.Why == NoItemsReason.NoProject)
        {
            return TypedResults.NotFound();
        }
        var (state, sampling) = await situations.Of(project, annotator, handed, cancel);
        var progress = await situations.Progress(project, annotator, cancel);
        return TypedResults.Json(new Answer(state, [.. handed.Leases.Select(WireItem.Of)], sampling, progress), WireJson.Options);
    }

    public static async Task<JsonHttpResult<Lost>> Extend(long project, HttpContext context, ItemQueue queue)
    {
        var held = (await WireJson.Read<Held>(context.Request, context.RequestAborted)).Items;
        if (held.Count > MostHeld)
        {
            throw new LabelerException($"At most {MostHeld} items can be held at a time.");
        }
        var still = await queue.Extend(context.User.AccountId(), held, context.RequestAborted);
        return TypedResults.Json(new Lost([.. held.Except(still)]), WireJson.Options);
    }

    private static List<long> Numbers(string text)
    {
        var numbers = new List<long>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            numbers.Add(numbers.Count < MostHeld && long.TryParse(part, out var number) ? number : throw new LabelerException($"\"holding\" is a list of at most {MostHeld} item numbers."));
        }
        return numbers;
    }
}
