using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>What one person did in some epochs, in a form that can be added to that of others.</summary>
/// <param name="Pairs">Usable pairs that the standing votes give.</param>
/// <param name="Milliseconds">What each judgement took that was not taken back, in order of length.</param>
/// <param name="Flagged">How many of their own verdicts flagged so many of so many images.</param>
/// <param name="Gold">Right answers to gold items, and answers to them.</param>
internal sealed record PersonSums(
    Standings Counts, int Pairs, int[] Milliseconds, IReadOnlyDictionary<(int Flagged, int Seen), int> Flagged, (int Right, int Of) Gold,
    DateTimeOffset LastVoteAt)
{
    private Proportion? _flagRate;

    /// <summary>With those that were taken back.</summary>
    public int Judgements => Counts.Judgements;

    /// <summary>Judgements that were not taken back.</summary>
    public int Votes => Milliseconds.Length;
    public int Skips => Counts.Skips;
    public int TakenBack => Counts.TakenBack;
    public int Quarantined => Counts.Quarantined;
    public int Surplus => Counts.Surplus;

    /// <summary>Votes that took less than <see cref="Vote.ImplausiblyFastMs"/>.</summary>
    public int Fast => Milliseconds.TakeWhile(ms => ms < Vote.ImplausiblyFastMs).Count();

    /// <summary>Of an even number the mean of the two in the middle; 0 of none.</summary>
    public double MedianMs => Milliseconds.Length == 0 ? 0
        : (Milliseconds[(Milliseconds.Length - 1) / 2] + (double)Milliseconds[Milliseconds.Length / 2]) / 2;

    /// <summary>The images of one verdict share prompt and noise, so the interval is over verdicts.</summary>
    public Proportion FlagRate => _flagRate ??= Cluster.Share(Flagged.OrderBy(one => one.Key).SelectMany(one =>
        Enumerable.Repeat(new Cluster(one.Key.Flagged, one.Key.Seen, one.Key.Seen, one.Key.Seen), one.Value)));

    /// <summary>Everybody's, by epoch and person.</summary>
    public static async Task<Dictionary<long, IReadOnlyDictionary<Guid, PersonSums>>> Read(
        LabelerDb db, long projectId, WhichVotes which, CancellationToken cancel)
    {
        var gold = await GoldAnswers(db, projectId, which, cancel);
        var found = new Dictionary<(long Epoch, Guid Person), Adding>();
        var rows = which.Of(db.Votes).Where(v => v.ProjectId == projectId && v.Kind != VoteKind.Undo)
            .Select(v => new Row(v.EpochId, v.AnnotatorId, v.Kind, v.SupersededById != null, v.Quarantine != null, v.Surplus,
                v.Check == VoteCheck.Counts, v.ChecksId != null, v.Item!.Use == ItemUse.Training, v.DurationMs, v.Flagged, v.Seen, v.Choice,
                v.Score, v.At));
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancel))
        {
            var key = (row.EpochId, row.AnnotatorId);
            if (!found.TryGetValue(key, out var person))
            {
                found.Add(key, person = new());
            }
            person.Add(row);
        }
        return found.GroupBy(one => one.Key.Epoch).ToDictionary(epoch => epoch.Key, IReadOnlyDictionary<Guid, PersonSums> (epoch) =>
            epoch.ToDictionary(one => one.Key.Person, one => one.Value.Sums(gold.GetValueOrDefault(one.Key))));
    }

    /// <summary>Each person's in all of them.</summary>
    public static Dictionary<Guid, PersonSums> Together(IEnumerable<IReadOnlyDictionary<Guid, PersonSums>> epochs) =>
        epochs.SelectMany(epoch => epoch).GroupBy(one => one.Key, one => one.Value)
            .ToDictionary(one => one.Key, one => Together([.. one]));

    private static PersonSums Together(IReadOnlyList<PersonSums> epochs)
    {
        if (epochs.Count == 1)
        {
            return epochs[0];
        }
        int[] times = [.. epochs.SelectMany(one => one.Milliseconds)];
        Array.Sort(times);
        return new(epochs.Aggregate(new Standings(), (all, one) => all + one.Counts), epochs.Sum(one => one.Pairs), times,
            epochs.SelectMany(one => one.Flagged).GroupBy(one => one.Key).ToDictionary(one => one.Key, one => one.Sum(of => of.Value)),
            (epochs.Sum(one => one.Gold.Right), epochs.Sum(one => one.Gold.Of)), epochs.Max(one => one.LastVoteAt));
    }

    private static async Task<Dictionary<(long, Guid), (int, int)>> GoldAnswers(
        LabelerDb db, long projectId, WhichVotes which, CancellationToken cancel)
    {
        var votes = await which.Of(db.Votes).AsNoTracking().Effective()
            .Where(v => v.ProjectId == projectId && v.Item!.Use == ItemUse.Gold && v.Item.Gold != null)
            .Select(v => new { v.EpochId, v.AnnotatorId, v.Verdict, v.Item!.Gold }).ToListAsync(cancel);
        return votes.GroupBy(v => (v.EpochId, v.AnnotatorId))
            .ToDictionary(g => g.Key, g => (g.Count(v => GoldAnswer.IsRight(v.Gold!, v.Verdict!)), g.Count()));
    }

    private sealed record Row(long EpochId, Guid AnnotatorId, VoteKind Kind, bool IsTakenBack, bool IsInQuarantine, bool IsSurplus,
        bool Counts, bool Checks, bool Teaches, int DurationMs, int Flagged, int Seen, string? Choice, double? Score, DateTimeOffset At)
    {
        public bool IsVote => Kind == VoteKind.Judgement && !IsTakenBack;
        public bool IsEffective => IsVote && !IsInQuarantine && !IsSurplus && Counts;

        // As AnnotatorFigures.Pairs has it.
        public int Pairs => !IsEffective || !Teaches ? 0 : Choice is null ? (Flagged * (Seen - Flagged)) + (int)(Score ?? 0)
            : Choice is "first" or "second" || Score is not null ? 1 : 0;
    }

    private sealed class Adding
    {
        private readonly List<int> _times = [];
        private readonly Dictionary<(int, int), int> _flagged = [];
        private Standings _counts;
        private int _pairs;
        private DateTimeOffset _last = DateTimeOffset.MinValue;

        public void Add(Row row)
        {
            _counts += new Standings(
                row.Kind == VoteKind.Judgement ? 1 : 0, row.Kind == VoteKind.Skip && !row.IsTakenBack ? 1 : 0, row.IsTakenBack ? 1 : 0,
                row.IsInQuarantine ? 1 : 0, row.IsSurplus ? 1 : 0);
            _pairs += row.Pairs;
            _last = row.At > _last ? row.At : _last;
            if (row.IsVote)
            {
                _times.Add(row.DurationMs);
                if (!row.Checks)
                {
                    _flagged[(row.Flagged, row.Seen)] = _flagged.GetValueOrDefault((row.Flagged, row.Seen)) + 1;
                }
            }
        }

        public PersonSums Sums((int, int) gold)
        {
            _times.Sort();
            return new(_counts, _pairs, [.. _times], _flagged, gold, _last);
        }
    }
}

/// <summary>How many votes of what kind.</summary>
internal readonly record struct Standings(int Judgements, int Skips, int TakenBack, int Quarantined, int Surplus)
{
    public static Standings operator +(Standings one, Standings other) => new(one.Judgements + other.Judgements, one.Skips + other.Skips,
        one.TakenBack + other.TakenBack, one.Quarantined + other.Quarantined, one.Surplus + other.Surplus);
}
