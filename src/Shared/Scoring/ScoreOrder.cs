namespace Labeler.Shared.Scoring;

/// <summary>The payload of a job that scores pictures.</summary>
/// <param name="Images">Which pictures; null for all of the job's epoch that <paramref name="Taught"/> says.</param>
/// <param name="Taught">Also those that people judge and training learns from, not the evaluation pictures alone.</param>
/// <param name="Within">Of those the ones in a range; null for all.</param>
public sealed record ScoreOrder(long Reward, bool Taught, IReadOnlyList<long>? Images = null, ImageRange? Within = null);

/// <summary>Pictures by their ids, both ends among them.</summary>
public sealed record ImageRange(long First, long Last);

/// <summary>A picture that is to be scored.</summary>
/// <param name="Group">Its group's id, for messages.</param>
/// <param name="Index">Its place in the group.</param>
public sealed record ScoredImage(long Id, long Group, int Index, string Prompt, string ContentHash);

/// <summary>All that a worker needs to score.</summary>
/// <param name="Key">For a server, in plain text; null where there is none.</param>
/// <param name="LearnedWeights">Content hash of a learned reward's file; null for other kinds.</param>
/// <param name="Images">Those that have no score of it yet.</param>
public sealed record ScoringWork(Reward Reward, string? Key, string? LearnedWeights, IReadOnlyList<ScoredImage> Images);
