using Labeler.Shared.Exports;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Samples;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;

namespace Labeler.Shared.PreferenceSets;

/// <summary>A pair that may come in; its pictures are in the store.</summary>
/// <param name="Label">1 where the first won, 0 where it lost, between them for a tie; null where nobody has said.</param>
/// <param name="Backing">Has no fault.</param>
internal sealed record ImportedPair(string Prompt, NewImage First, NewImage Second, double? Label, Backing Backing)
{
    public PairVerdict? Verdict => Label is not { } label ? null : new(
        label > 0.5 ? PairPick.Left : label < 0.5 ? PairPick.Right : PairPick.Tie, FirstOnLeft: true, Displayed: true, Unblurred: true);
}

/// <summary>Rows that were looked at and are not written yet.</summary>
internal sealed class ImportedBatch(Job job, SetImportOrder order, TimeProvider time)
{
    private readonly List<ImportedPair> _pairs = [];
    private readonly List<SkippedFile> _skipped = [];

    /// <summary>How far the import has come in the database.</summary>
    public SetImportOrder Order { get; private set; } = order;

    public int Count => _pairs.Count + _skipped.Count;

    public void Take(ImportedPair pair) => _pairs.Add(pair);

    public void Skip(string name, PhotoRefusal refusal) => _skipped.Add(new(job.Id, name, refusal.Kind, refusal.Message));

    /// <summary>Writes them, with the place that is reached, in one transaction.</summary>
    public async Task Write(EpochCycle cycle, CancellationToken cancel)
    {
        if (Count == 0)
        {
            return;
        }
        var told = Order.Duplicates + Order.Refused;
        var next = Order with
        {
            Done = Order.Done + Count,
            Taken = Order.Taken + _pairs.Count,
            Unlabeled = Order.Unlabeled + _pairs.Count(pair => pair.Label is null),
            Duplicates = Order.Duplicates + _skipped.Count(row => row.Kind == SkipKind.Duplicate),
            Refused = Order.Refused + _skipped.Count(row => row.Kind != SkipKind.Duplicate),
        };
        var now = time.GetUtcNow();
        await cycle.Add(
            job, [.. _pairs.Select(pair => (Func<Epochs.Epoch, int, Group>)((epoch, number) =>
                Group.Brought(epoch, number, pair.Prompt, [pair.First, pair.Second], now)))],
            async (db, held, groups) =>
            {
                await Judge(db, groups, now, cancel);
                db.SkippedFiles.AddRange(_skipped.Take((int)Math.Max(0, SetImport.MostTold - told)));
                held.Remember(next);
            }, cancel);
        Order = next;
        _pairs.Clear();
        _skipped.Clear();
    }

    private async Task Judge(LabelerDb db, IReadOnlyList<Group> groups, DateTimeOffset now, CancellationToken cancel)
    {
        var project = await db.Projects.FirstAsync(p => p.Id == job.ProjectId, cancel);
        var rater = await ImportedRater.Find(db, Order.Name, now, cancel);
        var items = db.Items.Local.Where(item => item.Use == ItemUse.Training).ToLookup(item => item.GroupId);
        var judged = new List<Item>();
        foreach (var (group, pair) in groups.Zip(_pairs).Where(one => one.Second.Verdict is not null))
        {
            var item = items[group.Id].Single();
            var lease = new Lease(item.Id, rater.Id, true, now);
            lease.Finish(now);
            db.Leases.Add(lease);
            var vote = Vote.Cast(Guid.CreateVersion7(now), item, project, rater.Id, pair.Verdict!, 0, null, surplus: false, now);
            vote.StandFor(pair.Backing.Weight, (int?)pair.Backing.Votes);
            db.Votes.Add(vote);
            item.Count(+1);
            judged.Add(item);
        }
        await db.SaveChangesAsync(cancel);
        foreach (var item in judged)
        {
            await Checking.Follow(db, item, cancel);
        }
    }
}
