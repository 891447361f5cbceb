namespace Labeler.Web.Features.Evaluations;

/// <summary>A leaderboard's numbers, for people and as a file.</summary>
public static class LeaderboardTable
{
    /// <summary>Their projects that have one.</summary>
    public static IQueryable<Project> Projects(LabelerDb db, Viewer viewer) => viewer.Projects(db, ProjectRole.Lead).AsNoTracking()
        .Where(p => p.DeletedAt == null && db.Checkpoints.Any(c => c.ProjectId == p.Id)).OrderBy(p => p.Name);

    public static FigureTable Of(ProjectLeaderboard board, Project project) => new(
        "leaderboard", Texts.Say($"Leaderboard of {project.Name}, {board.Pictures} pictures"),
        ["checkpoint", "rank", "rating", "low", "high", "share of votes", "won by more than half of the raters", "comparisons", "votes"],
        [.. board.Rows.Select(row => new object?[]
        {
            board.Names[row.Contestant], row.Rank, row.Rating, row.Low, row.High, new Percent(row.Overall.Wins.Share),
            new Percent(row.Overall.Majority.Share), row.Overall.Majority.Of, row.Overall.Votes,
        })]);
}
