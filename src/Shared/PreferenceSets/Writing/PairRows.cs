using System.Runtime.CompilerServices;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;

namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>A project's preferences as its votes stand now, some groups at a time, so that any number of them is read in little
/// memory.</summary>
internal sealed class PairRows(LabelerDb db, Project project)
{
    private const int GroupsAtOnce = 250;
    private readonly Dictionary<Guid, int> _people = [];
    private IReadOnlySet<Guid> _withdrawn = new HashSet<Guid>();

    /// <summary>People who judged what was read so far.</summary>
    public int People => _people.Count;

    /// <param name="report">Told how many groups were looked at, of how many.</param>
    public async IAsyncEnumerable<PairRow> Read(Action<int, int> report, [EnumeratorCancellation] CancellationToken cancel)
    {
        _withdrawn = await db.Users.Where(a => a.WithdrawnAt != null).Select(a => a.Id).ToHashSetAsync(cancel);
        var total = await db.Groups.CountAsync(g => g.ProjectId == project.Id && g.Use != GroupUse.Evaluation, cancel);
        var done = 0;
        var epochs = await db.Epochs.AsNoTracking().Where(e => e.ProjectId == project.Id).OrderBy(e => e.Number).ToListAsync(cancel);
        foreach (var epoch in epochs)
        {
            // Pairs across groups join any two of an epoch, so there its groups are read together.
            var atOnce = project.Settings.Training.AcrossGroups && !project.Compares ? int.MaxValue : GroupsAtOnce;
            var (last, model) = (0L, Maker(epoch));
            while (true)
            {
                var from = last;
                var groups = await db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index))
                    .Where(g => g.EpochId == epoch.Id && g.Use != GroupUse.Evaluation && g.Id > from).OrderBy(g => g.Id).Take(atOnce)
                    .ToListAsync(cancel);
                if (groups.Count == 0)
                {
                    break;
                }
                last = groups[^1].Id;
                foreach (var row in await Rows(epoch, groups, model, cancel))
                {
                    yield return row;
                }
                done += groups.Count;
                report(done, total);
            }
        }
    }

    private async Task<List<PairRow>> Rows(Epoch epoch, List<Group> groups, string model, CancellationToken cancel)
    {
        var items = await TrainingPlan.Judged(db, epoch.Id, (groups[0].Id, groups[^1].Id), cancel);
        var votes = items.SelectMany(item => item.Votes).ToDictionary(vote => vote.Id);
        var byId = groups.ToDictionary(group => group.Id);
        var preferences = Preferences.From(project.Task, project.Settings, items, _withdrawn, byId);
        var rows = new List<PairRow>();
        foreach (var taught in preferences.Groups)
        {
            Vote[] judged = [.. taught.VoteIds.Select(id => votes[id])];
            if (judged.Length == 0)
            {
                continue;
            }
            int[] people = [.. judged.Select(vote => vote.AnnotatorId).Distinct().Select(NumberOf)];
            var count = judged.Sum(vote => vote.Voters ?? 1);
            int? person = people is [var only] && count == judged.Length ? only : null;
            foreach (var pair in taught.Pairs)
            {
                var winner = byId[taught.GroupId].Images[pair.Winner];
                var loser = byId[pair.LoserGroup ?? taught.GroupId].Images[pair.Loser];
                // By place and not by who won, so that the side says nothing.
                var winnerFirst = (winner.Index, winner.Id).CompareTo((loser.Index, loser.Id)) < 0;
                rows.Add(new(
                    byId[taught.GroupId].Prompt, (winnerFirst ? winner : loser).ContentHash, (winnerFirst ? loser : winner).ContentHash,
                    winnerFirst, pair.Weight, count, person, judged.Max(vote => vote.At), model));
            }
        }
        return rows;
    }

    private int NumberOf(Guid person) => _people.TryGetValue(person, out var number) ? number : _people[person] = _people.Count + 1;

    // The folder's name alone: where it lies on the server is nobody's business.
    private string Maker(Epoch epoch) => Path.GetFileName(project.Settings.ModelFolder.TrimEnd('/'))
        + (epoch.SampledById is { } checkpoint ? $" with checkpoint {checkpoint}" : "");
}
