using Labeler.Shared.Projects;

namespace Labeler.Shared.Statistics;

/// <summary>What all votes of a project add up to: those of finished epochs as <see cref="FinishedEpochs"/> keeps them, the others as they
/// are now. By the epochs' numbers in order.</summary>
public sealed class ProjectSums
{
    internal ProjectSums(Project project, IReadOnlyList<EpochSums> epochs, IReadOnlyDictionary<Guid, PersonSums> people)
    {
        (Project, Epochs, EveryPerson) = (project, epochs, people);
        Rates = [.. epochs.Select(epoch => epoch.Rates)];
        Labels = [.. epochs.SelectMany(epoch => epoch.Labels)];
        Scores = [.. epochs.SelectMany(epoch => epoch.Scores)];
        Wins = [.. epochs.SelectMany(epoch => epoch.Wins)];
        Yield = [.. epochs.Select(epoch => epoch.Yield)];
    }

    public Project Project { get; }
    public IReadOnlyList<EpochRates> Rates { get; }
    public IReadOnlyList<LabelCounts> Labels { get; }
    public IReadOnlyList<MeanScores> Scores { get; }
    public IReadOnlyList<DuelResults> Wins { get; }
    public IReadOnlyList<SignalYield> Yield { get; }

    /// <summary>See <see cref="AgreementFigures.MostVotes"/>.</summary>
    public required AgreementFigures Agreement { get; init; }
    internal IReadOnlyList<EpochSums> Epochs { get; }
    internal IReadOnlyDictionary<Guid, PersonSums> EveryPerson { get; }

    public Task<IReadOnlyList<AnnotatorFigures>> People(LabelerDb db, CancellationToken cancel = default) =>
        AnnotatorFigures.Of(db, EveryPerson, cancel);

    public Task<IReadOnlyList<AnchorFigures>> Anchors(LabelerDb db, CancellationToken cancel = default) =>
        AnchorFigures.Of(db, Project, [.. Epochs.SelectMany(epoch => epoch.Anchors)], cancel);
}
