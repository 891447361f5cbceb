using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>Which votes figures are of: those of a span of time, of one person, of some epochs, or all of that.</summary>
/// <param name="From">The first moment; null for the beginning.</param>
/// <param name="Until">The first moment no longer; null for no end.</param>
/// <param name="Annotator">Null for everybody.</param>
public sealed record WhichVotes(DateTimeOffset? From, DateTimeOffset? Until, Guid? Annotator)
{
    public static WhichVotes All { get; } = new(null, null, null);

    /// <summary>The epochs they are of; null for every one.</summary>
    public IReadOnlyList<long>? Epochs { get; init; }

    public bool IsAll => this == All;

    public IQueryable<Vote> Of(IQueryable<Vote> votes)
    {
        votes = From is { } from ? votes.Where(vote => vote.At >= from) : votes;
        votes = Until is { } until ? votes.Where(vote => vote.At < until) : votes;
        votes = Epochs is { } epochs ? votes.Where(vote => epochs.Contains(vote.EpochId)) : votes;
        return Annotator is { } annotator ? votes.Where(vote => vote.AnnotatorId == annotator) : votes;
    }
}
