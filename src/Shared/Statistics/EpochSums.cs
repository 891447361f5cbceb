using Labeler.Shared.Projects;

namespace Labeler.Shared.Statistics;

/// <summary>What one epoch's votes add up to.</summary>
/// <param name="Scores">Empty where options have no values.</param>
/// <param name="Anchors">What was said of the anchors.</param>
internal sealed record EpochSums(
    EpochRates Rates, IReadOnlyList<LabelCounts> Labels, IReadOnlyList<MeanScores> Scores, IReadOnlyList<DuelResults> Wins,
    SignalYield Yield, IReadOnlyList<AnchorFigures.Label> Anchors, IReadOnlyDictionary<Guid, PersonSums> People)
{
    /// <summary>Judgements, with those that were taken back.</summary>
    public int Judgements { get; } = People.Values.Sum(person => person.Judgements);

    /// <param name="epochs">Which; all are read together, kind by kind.</param>
    public static async Task<Dictionary<long, EpochSums>> Read(
        LabelerDb db, Project project, IReadOnlyList<long> epochs, CancellationToken cancel)
    {
        var which = WhichVotes.All with { Epochs = epochs };
        var rates = (await EpochRates.Read(db, project.Id, cancel, which)).Where(one => epochs.Contains(one.EpochId)).ToList();
        var labels = (await LabelCounts.Read(db, project, cancel, which)).ToLookup(one => one.Epoch);
        var scores = (project.AsksForOption ? await MeanScores.Read(db, project, cancel, which) : []).ToLookup(one => one.Epoch);
        var wins = (await DuelResults.OfEpochs(db, project.Id, cancel, which)).ToLookup(one => one.Contestant);
        var yields = (await SignalYield.Read(db, project.Id, cancel, which)).ToDictionary(one => one.Epoch);
        var anchors = (await AnchorFigures.Again(db, project, which, cancel)).ToLookup(one => one.Epoch);
        var people = await PersonSums.Read(db, project.Id, which, cancel);
        return rates.ToDictionary(one => one.EpochId, one => new EpochSums(
            one, [.. labels[one.Number]], [.. scores[one.Number]], [.. wins[one.Number]], yields[one.Number], [.. anchors[one.Number]],
            people.GetValueOrDefault(one.EpochId) ?? new Dictionary<Guid, PersonSums>()));
    }
}
