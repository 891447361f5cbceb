using System.Runtime.CompilerServices;
using System.Text.Json;
using Labeler.Shared.Exports;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;

namespace Labeler.Shared.PreferenceSets.Tables;

/// <summary>Every vote of a project as it was cast, in the order of casting within an epoch.</summary>
internal sealed class VoteTable(LabelerDb db, Project project)
{
    private readonly Dictionary<Guid, int> _people = [];

    /// <summary>Who gave what was read so far.</summary>
    public int People => _people.Count;

    /// <param name="First">Content hash of the image of a categorise or score item, or of the first of a pair.</param>
    /// <param name="Person">Counted from 1 within the file.</param>
    public sealed record Row(Vote Vote, int Epoch, long Group, string Prompt, string? First, string? Second, int Person)
    {
        public string? Verdict { get; } = Vote.Verdict is { } said ? JsonText.Write(said) : null;
    }

    public static IReadOnlyList<TableColumn<Row>> Columns { get; } =
    [
        TableColumn<Row>.Value("vote", row => row.Vote.Id),
        TableColumn<Row>.Text("kind", row => Word(row.Vote.Kind)),
        TableColumn<Row>.Value("epoch", row => row.Epoch),
        TableColumn<Row>.Value("item", row => row.Vote.ItemId),
        TableColumn<Row>.Value("group", row => row.Group),
        TableColumn<Row>.Text("prompt", row => row.Prompt),
        TableColumn<Row>.Text("first", row => row.First),
        TableColumn<Row>.Text("second", row => row.Second),
        TableColumn<Row>.Value("person", row => row.Person),
        TableColumn<Row>.Text("verdict", row => row.Verdict),
        TableColumn<Row>.Value("seen", row => row.Vote.Seen),
        TableColumn<Row>.Value("flagged", row => row.Vote.Flagged),
        TableColumn<Row>.Value("deformed", row => row.Vote.Deformed),
        TableColumn<Row>.Value("unsafe", row => row.Vote.Unsafe),
        TableColumn<Row>.Text("choice", row => row.Vote.Choice),
        TableColumn<Row>.Maybe("score", row => VoteExport.ScoreOf(row.Vote)),
        TableColumn<Row>.Text("reason", row => row.Vote.Reason),
        TableColumn<Row>.Value("duration_ms", row => row.Vote.DurationMs),
        TableColumn<Row>.MaybeTime("client_time", row => row.Vote.ClientTime),
        TableColumn<Row>.Time("at", row => row.Vote.At),
        TableColumn<Row>.Value("surplus", row => row.Vote.Surplus),
        TableColumn<Row>.Maybe("taken_back_by", row => row.Vote.SupersededById),
        TableColumn<Row>.Text("quarantine", row => row.Vote.Quarantine),
        TableColumn<Row>.Text("check", row => Word(row.Vote.Check)),
        TableColumn<Row>.Maybe("checks", row => row.Vote.ChecksId),
        TableColumn<Row>.Maybe("weight", row => row.Vote.Weight),
        TableColumn<Row>.Maybe("voters", row => row.Vote.Voters),
    ];

    /// <param name="report">Told how many votes were read, of how many.</param>
    public async IAsyncEnumerable<Row> Read(Action<long, long> report, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (done, total) = (0L, await db.Votes.LongCountAsync(v => v.ProjectId == project.Id, cancel));
        var epochs = await db.Epochs.Where(e => e.ProjectId == project.Id).OrderBy(e => e.Number).Select(e => new { e.Id, e.Number })
            .ToListAsync(cancel);
        foreach (var epoch in epochs)
        {
            var rows = db.Votes.AsNoTracking().Where(v => v.EpochId == epoch.Id).OrderBy(v => v.Id).Select(v => new
            {
                Vote = v,
                v.Item!.GroupId,
                v.Item.Group!.Prompt,
                First = v.Item.First!.ContentHash,
                Second = v.Item.Second!.ContentHash,
            });
            await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancel))
            {
                yield return new(row.Vote, epoch.Number, row.GroupId, row.Prompt, row.First, row.Second, NumberOf(row.Vote.AnnotatorId));
                report(++done, total);
            }
        }
    }

    private int NumberOf(Guid person) => _people.TryGetValue(person, out var number) ? number : _people[person] = _people.Count + 1;

    private static string Word<TEnum>(TEnum value) where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName($"{value}");
}
