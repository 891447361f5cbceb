using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Statistics;

/// <summary>Which of a project's checkpoints people prefer, from all duels in which one of them took part: evaluations, and epochs of pair
/// projects against the epoch before.</summary>
/// <param name="Names">Of every contestant of the rows.</param>
/// <param name="Pictures">Prompts and noises about which something was said.</param>
/// <param name="Apart">Checkpoints left out, as no chain of duels connects them with these.</param>
public sealed record ProjectLeaderboard(IReadOnlyList<string> Names, IReadOnlyList<LeaderboardRow> Rows, int Pictures,
    IReadOnlyList<string> Apart)
{
    public static async Task<ProjectLeaderboard> Read(LabelerDb db, Project project, CancellationToken cancel = default)
    {
        var checkpoints = await db.Checkpoints.AsNoTracking().Where(c => c.ProjectId == project.Id).ToDictionaryAsync(c => c.Id, cancel);
        var all = new Gathered();
        var evaluations = await db.Evaluations.AsNoTracking()
            .Where(e => db.Projects.Any(p => p.Id == e.ProjectId && p.DeletedAt == null)).OrderBy(e => e.Id).ToListAsync(cancel);
        foreach (var evaluation in evaluations.Where(one => one.Plan.Kind == EvaluationKind.Duel
            && one.Plan.Contestants.Any(c => c.Checkpoint is { } id && checkpoints.ContainsKey(id))))
        {
            var contestants = evaluation.Plan.Contestants;
            all.Add(evaluation.Id, await DuelMeeting.OfEvaluation(db, evaluation, cancel),
                place => all.Of(contestants[place].Model, contestants[place].Weights, contestants[place].Name));
        }
        var epochs = await db.Epochs.AsNoTracking().Where(e => e.ProjectId == project.Id).ToListAsync(cancel);
        all.Add(-1, await DuelMeeting.OfEpochs(db, project.Id, cancel), number => Sampler(all, project, epochs, checkpoints, number));
        return all.Board();
    }

    private static int Sampler(Gathered all, Project project, List<Epoch> epochs, Dictionary<long, Checkpoint> checkpoints, int number)
    {
        var folder = project.Settings.ModelFolder;
        if (epochs.Single(epoch => epoch.Number == number).SampledById is not { } id)
        {
            return all.Of(folder, null, $"base model {folder}");
        }
        var taught = epochs.Single(epoch => epoch.Id == checkpoints[id].EpochId).Number;
        return all.Of(folder, checkpoints[id].WeightsHash, $"{project.Name}, epoch {taught}");
    }

    // Contestants of several evaluations are one where model and weights are the same.
    private sealed class Gathered
    {
        private readonly Dictionary<(string Model, string? Weights), int> _places = [];
        private readonly List<string> _names = [];
        private readonly List<DuelMeeting> _meetings = [];
        private readonly Dictionary<(long Evaluation, long Picture), long> _pictures = [];

        public int Of(string model, string? weights, string name)
        {
            if (!_places.TryGetValue((model, weights), out var place))
            {
                place = _places[(model, weights)] = _names.Count;
                _names.Add(name);
            }
            return place;
        }

        public void Add(long evaluation, IEnumerable<DuelMeeting> meetings, Func<int, int> placeOf)
        {
            foreach (var meeting in meetings)
            {
                var key = (evaluation, meeting.Picture!.Value);
                _pictures.TryAdd(key, _pictures.Count);
                _meetings.Add(meeting with { First = placeOf(meeting.First), Second = placeOf(meeting.Second), Picture = _pictures[key] });
            }
        }

        public ProjectLeaderboard Board()
        {
            // Who met whom is one group; the one about which most was said is ranked.
            var groups = Enumerable.Range(0, _names.Count).ToArray();
            foreach (var meeting in _meetings)
            {
                var (kept, joined) = (groups[meeting.First], groups[meeting.Second]);
                groups = [.. groups.Select(group => group == joined ? kept : group)];
            }
            var ranked = _meetings.GroupBy(meeting => groups[meeting.First])
                .MaxBy(of => of.Sum(one => one.ForFirst + one.ForSecond + one.Ties + one.BothBad))?.ToList() ?? [];
            var rows = LeaderboardRow.Of(ranked);
            return new(_names, rows, ranked.DistinctBy(meeting => meeting.Picture).Count(),
                [.. Enumerable.Range(0, _names.Count).Except(rows.Select(row => row.Contestant)).Select(place => _names[place])]);
        }
    }
}
