using System.Diagnostics;
using Labeler.Web.Hosting;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Labeling.Api;

/// <summary>
/// Takes what an outbox sends: votes and undos in the order in which they were made, each with a key made once.
/// An answer other than "refused" means that it is durably stored; sending it again changes nothing.
/// </summary>
public static class VotesEndpoint
{
    /// <param name="Account">Whose outbox this is; refused where somebody else is signed in, so that no vote goes under another.</param>
    public sealed record Batch(Guid Account, Entry?[] Entries);

    /// <param name="Op">vote, undo, or reopen (of a vote of any age, with a reason).</param>
    /// <param name="Vote">For undo and reopen: the key of the vote to take back.</param>
    public sealed record Entry(string Op, Guid Key, long Project, long Item, Verdict? Verdict = null, int DurationMs = 0,
        DateTimeOffset? At = null, Guid? Vote = null, string? Reason = null);

    /// <param name="Outcome">accepted, duplicate, surplus or refused.</param>
    public sealed record Result(Guid Key, string Outcome, string? Message);

    public sealed record Answer(IReadOnlyList<Result> Results, IReadOnlyDictionary<long, Progress> Progress);

    public static async Task<IResult> Post(HttpContext context, VoteRecorder recorder, LabelingStatus status,
        IOptions<LabelingOptions> options, IDbContextFactory<LabelerDb> contexts, IStringLocalizer<Texts> L)
    {
        var cancel = context.RequestAborted;
        var annotator = context.User.AccountId();
        var batch = await ApiJson.Read<Batch>(context.Request, cancel);
        if (batch.Account != annotator)
        {
            return Results.Problem(L["Somebody else has signed in in this browser."], statusCode: StatusCodes.Status409Conflict);
        }
        return await Take(batch, context, recorder, status, options, contexts);
    }

    /// <summary>Stores a batch of whoever asks.</summary>
    internal static async Task<IResult> Take(Batch batch, HttpContext context, VoteRecorder recorder, LabelingStatus status,
        IOptions<LabelingOptions> options, IDbContextFactory<LabelerDb> contexts)
    {
        var (annotator, cancel) = (context.User.AccountId(), context.RequestAborted);
        var L = context.RequestServices.GetRequiredService<IStringLocalizer<Texts>>();
        Check(batch, options.Value.VotesPerRequest);
        var theirs = await Reach.Of(contexts, context.User.Viewer(), [.. batch.Entries.OfType<Entry>()], cancel);
        var results = new List<Result>();
        foreach (var entry in batch.Entries.OfType<Entry>())
        {
            var result = theirs.Allows(entry) ? await Measured(entry, annotator, recorder, cancel)
                : new VoteResult(Outcome.Refused, null, Texts.Key("You are no member of its project."));
            results.Add(new(entry.Key, result.Outcome.ToString().ToLowerInvariant(), result.Reason is { } reason ? L[reason].Value : null));
        }
        var progress = new Dictionary<long, Progress>();
        foreach (var project in batch.Entries.Select(e => e!.Project).Where(theirs.Projects.Contains).Distinct().Take(4))
        {
            progress[project] = await status.Progress(project, annotator, cancel);
        }
        return TypedResults.Json(new Answer(results, progress), ApiJson.Options);
    }

    private static async Task<VoteResult> Measured(Entry entry, Guid annotator, VoteRecorder recorder, CancellationToken cancel)
    {
        var begun = Stopwatch.GetTimestamp();
        var result = await Take(entry, annotator, recorder, cancel);
        Instruments.VoteDuration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds);
        Instruments.Votes.Add(1, new KeyValuePair<string, object?>("outcome", result.Outcome.ToString().ToLowerInvariant()));
        return result;
    }

    private static Task<VoteResult> Take(Entry entry, Guid annotator, VoteRecorder recorder, CancellationToken cancel) => entry.Op switch
    {
        "vote" => recorder.Cast(new(entry.Key, entry.Item, annotator, entry.Verdict!, entry.DurationMs, entry.At), cancel),
        "undo" => recorder.Undo(entry.Key, annotator, entry.Vote!.Value, cancel),
        _ => recorder.Reopen(entry.Key, annotator, entry.Vote!.Value, entry.Reason!, cancel),
    };

    // Before anything is stored, so that a malformed request leaves nothing half done.
    private static void Check(Batch batch, int most)
    {
        if (batch.Entries.Length is 0 || batch.Entries.Length > most)
        {
            throw new LabelerException($"Send 1 to {most} votes at a time.");
        }
        foreach (var (entry, n) in batch.Entries.Select((entry, n) => (entry, n)))
        {
            var fault = entry switch
            {
                null => "is empty",
                { Key: var key } when key == Guid.Empty => "has no key",
                { Op: "vote", Verdict: null } => "has no verdict",
                { Op: "vote" } => null,
                { Op: "undo" or "reopen", Vote: null } => "does not say which vote to take back",
                { Op: "reopen", Reason: null } => "gives no reason",
                { Op: "undo" or "reopen" } => null,
                _ => "is neither a vote, an undo nor a reopening",
            };
            if (fault is not null)
            {
                throw new LabelerException($"Entry {n} {fault}: reload the page.");
            }
        }
    }
}
