using System.Text.Json;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Exports;

/// <summary>Every vote of an epoch as it was cast, also those taken back, in quarantine or surplus.</summary>
public static class VoteExport
{
    public static Task WriteCsv(LabelerDb db, long epochId, TextWriter output, CancellationToken cancel = default) => Csv.Write(
        output,
        [
            "vote", "kind", "item", "group", "prompt", "annotator", "verdict", "seen", "flagged", "deformed", "unsafe", "choice", "score",
                "reason",
            "duration_ms", "client_time", "at", "surplus", "taken_back_by", "quarantine",
            "check", "checks",
        ],
        Rows(db, epochId).Select(row => (row.Vote, Item: row.Vote.Item!, row.Prompt)).Select(row => new object?[]
        {
            row.Vote.Id, row.Vote.Kind, row.Item.Id, row.Item.GroupId, row.Prompt, row.Vote.AnnotatorId,
            row.Vote.Verdict is { } said ? JsonText.Write(said) : "",
            row.Vote.Seen, row.Vote.Flagged, row.Vote.Deformed, row.Vote.Unsafe, row.Vote.Choice, ScoreOf(row.Vote), row.Vote.Reason,
            row.Vote.DurationMs, row.Vote.ClientTime, row.Vote.At, row.Vote.Surplus, row.Vote.SupersededById, row.Vote.Quarantine,
            row.Vote.Check, row.Vote.ChecksId,
        }), output.NewLine, cancel);

    public static async Task WriteJsonLines(LabelerDb db, long epochId, TextWriter output, CancellationToken cancel = default)
    {
        await foreach (var (vote, prompt) in Rows(db, epochId).WithCancellation(cancel))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new
            {
                Vote = vote.Id,
                vote.Kind,
                Item = vote.ItemId,
                Group = vote.Item!.GroupId,
                Prompt = prompt,
                Annotator = vote.AnnotatorId,
                vote.Verdict,
                vote.Choice,
                Score = ScoreOf(vote),
                vote.Reason,
                vote.DurationMs,
                vote.ClientTime,
                vote.At,
                vote.Surplus,
                TakenBackBy = vote.SupersededById,
                vote.Quarantine,
                vote.Check,
                Checks = vote.ChecksId,
            }, JsonText.Options));
        }
    }

    // A ranking has places and no score; they stand in its verdict.
    internal static double? ScoreOf(Vote vote) => vote.Verdict is RankVerdict ? null : vote.Score;

    private static IAsyncEnumerable<(Vote Vote, string Prompt)> Rows(LabelerDb db, long epochId) =>
        db.Votes.AsNoTracking().Include(v => v.Item!.Group).Where(v => v.EpochId == epochId).OrderBy(v => v.Id).AsAsyncEnumerable()
            .Select(vote => (vote, vote.Item!.Group!.Prompt));
}
