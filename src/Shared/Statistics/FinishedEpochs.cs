using System.Collections.Concurrent;
using Labeler.Shared.Data.Servers;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Statistics;

/// <summary>
/// Keeps in memory what the votes of epochs add up to that take none any more, so that a project's figures cost what its running epoch
/// does, however many are finished. Each reading asks first whether anything of them changed since (<see cref="EpochRevisions"/>), and
/// reads those again of which it did.
/// </summary>
public sealed class FinishedEpochs
{
    // Four bytes a vote of each, and some more.
    private const int MostProjects = 50;

    // So many at once are read into memory.
    private const int AtOnce = 50;

    private readonly ConcurrentDictionary<long, Kept> _projects = [];
    private long _readings;

    public async Task<ProjectSums> Read(LabelerDb db, Project project, CancellationToken cancel = default)
    {
        var kept = _projects.GetOrAdd(project.Id, _ => new());
        kept.LastRead = Interlocked.Increment(ref _readings);
        Forget();
        var settings = JsonText.Write(new { project.Task, project.Settings });
        // Several pages that ask for the first time read it once.
        await kept.Turn.WaitAsync(cancel);
        try
        {
            // What each stood at before its votes are read: what changes meanwhile is seen at the next reading.
            var stood = await Stands(db, project.Id, cancel);
            return await kept.Read(db, project, settings, stood, cancel);
        }
        finally
        {
            kept.Turn.Release();
        }
    }

    private void Forget()
    {
        while (_projects.Count > MostProjects && _projects.MinBy(one => one.Value.LastRead) is { Value: not null } oldest)
        {
            _projects.TryRemove(oldest);
        }
    }

    private static async Task<IReadOnlyList<Stand>> Stands(LabelerDb db, long projectId, CancellationToken cancel)
    {
        var withdrawn = await db.Users.CountAsync(a => a.WithdrawnAt != null, cancel);
        var changes = db.Counters.Where(c => c.Kind == CounterKind.EpochChanges);
        return [.. (await db.Epochs.AsNoTracking().Where(e => e.ProjectId == projectId).OrderBy(e => e.Number).Select(e => new
        {
            e.Id,
            e.Number,
            e.State,
            e.CreatedAt,
            e.EndedAt,
            e.Signal,
            Changes = changes.Where(c => c.Key == e.Id.ToString()).Select(c => (int?)c.Count).FirstOrDefault(),
            At = changes.Where(c => c.Key == e.Id.ToString()).Select(c => (DateTimeOffset?)c.At).FirstOrDefault(),
        }).ToListAsync(cancel)).Select(e => new Stand(
            e.Id, e.Number, e.State, (e.CreatedAt, e.EndedAt), (e.Changes, e.At), e.Signal is null ? withdrawn : 0))];
    }

    /// <summary>All that what an epoch's votes add up to depends on, but the votes that are cast while it takes them.</summary>
    /// <param name="Withdrawn">How many people have withdrawn, where nothing was frozen of what its votes teach.</param>
    private sealed record Stand(long Id, int Number, EpochState State, (DateTimeOffset, DateTimeOffset?) Times,
        (int? Count, DateTimeOffset? At) Changes, int Withdrawn)
    {
        public bool IsFinished => State is not (EpochState.Sampling or EpochState.Labeling);
    }

    private sealed class Kept
    {
        private readonly Dictionary<long, (Stand At, EpochSums Sums)> _epochs = [];
        private readonly Dictionary<long, (Stand At, IReadOnlyList<Rating> Ratings)> _ratings = [];
        private IReadOnlyDictionary<Guid, PersonSums>? _people;
        private string _settings = "";

        public SemaphoreSlim Turn { get; } = new(1);
        public long LastRead { get; set; }

        public async Task<ProjectSums> Read(
            LabelerDb db, Project project, string settings, IReadOnlyList<Stand> stood, CancellationToken cancel)
        {
            if (_settings != settings)
            {
                _epochs.Clear();
                _ratings.Clear();
                (_settings, _people) = (settings, null);
            }
            var finished = stood.Where(epoch => epoch.IsFinished).ToList();
            foreach (var gone in _epochs.Keys.Except(finished.Select(epoch => epoch.Id)).ToList())
            {
                _epochs.Remove(gone);
                _people = null;
            }
            foreach (var some in finished.Where(epoch => _epochs.GetValueOrDefault(epoch.Id).At != epoch).Chunk(AtOnce))
            {
                var read = await EpochSums.Read(db, project, [.. some.Select(epoch => epoch.Id)], cancel);
                foreach (var epoch in some)
                {
                    _epochs[epoch.Id] = (epoch, read[epoch.Id]);
                }
                _people = null;
            }
            _people ??= PersonSums.Together(_epochs.Values.Select(epoch => epoch.Sums.People));
            var running = stood.Where(epoch => !epoch.IsFinished).ToList();
            var now = running.Count == 0 ? [] : await EpochSums.Read(db, project, [.. running.Select(epoch => epoch.Id)], cancel);
            List<EpochSums> sums = [.. stood.Select(epoch => epoch.IsFinished ? _epochs[epoch.Id].Sums : now[epoch.Id])];
            return new(project, sums, now.Count == 0 ? _people : PersonSums.Together([_people, .. now.Values.Select(one => one.People)]))
            {
                Agreement = await Agreement(db, project, [.. stood.Zip(sums).Reverse()], cancel),
            };
        }

        private async Task<AgreementFigures> Agreement(
            LabelerDb db, Project project, IReadOnlyList<(Stand Epoch, EpochSums Sums)> newest, CancellationToken cancel)
        {
            var (within, isAll) = AgreementFigures.Newest(newest, epoch => epoch.Sums.Judgements);
            var wanted = within.Select(one => one.Epoch).ToList();
            var unread = wanted.Where(epoch => !epoch.IsFinished || _ratings.GetValueOrDefault(epoch.Id).At != epoch).ToList();
            if (unread.Count > 0)
            {
                var ids = unread.Select(epoch => epoch.Id).ToList();
                var read = await AgreementFigures.Ratings(db, project, db.Votes.Where(v => ids.Contains(v.EpochId)), cancel);
                unread.ForEach(epoch => _ratings[epoch.Id] = (epoch, [.. read[epoch.Id]]));
            }
            foreach (var old in _ratings.Keys.Except(wanted.Select(epoch => epoch.Id)).ToList())
            {
                _ratings.Remove(old);
            }
            var figures = AgreementFigures.Of([.. wanted.SelectMany(epoch => _ratings[epoch.Id].Ratings)]);
            return figures with { Since = isAll ? null : wanted[^1].Number };
        }
    }
}
