using Labeler.Web.Features.Labeling;
using Labeler.Web.Features.Labeling.Api;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Api;

/// <summary>Labeling as the labeling page does it: items are handed out for five minutes, votes are stored once by their key.</summary>
public static class Queue
{
    /// <param name="Take">How many items are wanted, 1 to 16.</param>
    /// <param name="Holding">Items that the program has already.</param>
    public sealed record Asked(int Take = 4, IReadOnlyList<long>? Holding = null);

    public sealed record Said(IReadOnlyList<VotesEndpoint.Entry> Entries);

    public static async Task<IResult> Take(
        long project, Asked asked, HttpContext context, ItemQueue queue, LabelingStatus status, Practice practice,
        PictureAccess pictures) =>
        (await QueueEndpoints.Take(
            project, context, queue, status, practice, pictures, asked.Take, string.Join(',', asked.Holding ?? []))).Result;

    public static async Task<IResult> Vote(
        HttpContext context, VoteRecorder recorder, LabelingStatus status, IOptions<LabelingOptions> options,
        IDbContextFactory<LabelerDb> contexts)
    {
        var said = await ApiJson.Read<Said>(context.Request, context.RequestAborted);
        return await VotesEndpoint.Take(new(context.User.AccountId(), [.. said.Entries]), context, recorder, status, options, contexts);
    }
}
