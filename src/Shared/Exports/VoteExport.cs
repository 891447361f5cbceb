using System.Text.Json;
using Labeler.Shared.Data;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Exports;

/// <summary>Every vote of an epoch as it was cast, also those taken back, in quarantine or surplus.</summary>
public static class VoteExport
{
    public static async Task WriteCsv(LabelerDb db, long epochId, TextWriter output, CancellationToken cancel = default)
    {
        await output.WriteLineAsync(Csv.Line(
            "vote", "kind", "item", "group", "prompt", "annotator", "verdict", "seen", "flagged", "deformed", "unsafe", "choice", "score", "reason",
            "duration_ms", "client_time", "at", "surplus", "taken_back_by", "quarantine"));
        await foreach (var (vote, prompt) in Rows(db, epochId, cancel))
        {
            await output.WriteLineAsync(Csv.Line(
                vote.Id, vote.Kind, vote.ItemId, vote.Item!.GroupId, prompt, vote.AnnotatorId, vote.Verdict is null ? "" : JsonText.Write(vote.Verdict),
                vote.Seen, vote.Flagged, vote.Deformed, vote.Unsafe, vote.Choice, vote.Score, vote.Reason,
                vote.DurationMs, vote.ClientTime, vote.At, vote.Surplus, vote.SupersededById, vote.Quarantine));
        }
    }

    public static async Task WriteJsonLines(LabelerDb db, long epochId, TextWriter output, CancellationToken cancel = default)
    {
        await foreach (var (vote, prompt) in Rows(db, epochId, cancel))
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
                vote.Score,
                vote.Reason,
                vote.DurationMs,
                vote.ClientTime,
                vote.At,
                vote.Surplus,
                TakenBackBy = vote.SupersededById,
                vote.Quarantine,
            }, JsonText.Options));
        }
    }

    private static IAsyncEnumerable<(Vote Vote, string Prompt)> Rows(LabelerDb db, long epochId, CancellationToken cancel) =>
        db.Votes.AsNoTracking().Include(v => v.Item!.Group).Where(v => v.EpochId == epochId).OrderBy(v => v.Id).AsAsyncEnumerable()
            .Select(vote => (vote, vote.Item!.Group!.Prompt));
}
