using System.Globalization;

namespace Labeler.Web.Features.Gallery;

/// <summary>Which pictures of an epoch are shown.</summary>
/// <param name="Show">By what people said; see <see cref="Verdicts"/>.</param>
/// <param name="Prompt">A part of it, in any case.</param>
/// <param name="Who">Judged by this person, and by what that person said alone.</param>
/// <param name="From">The least mean score.</param>
/// <param name="To">The highest.</param>
/// <param name="Model">Which model made them: <see cref="Base"/>, or a checkpoint's id; empty for any.</param>
public sealed record GalleryFilter(string Show, string Prompt, Guid? Who, double? From, double? To, string Model)
{
    public const string Base = "base";

    public static GalleryFilter Of(string? show, string? prompt, string? who, string? from, string? to, string? model = null) => new(
        Verdicts.All.Any(one => one.Value == show) ? show! : "all", prompt?.Trim() ?? "",
        Guid.TryParse(who, out var person) ? person : null, Number(from), Number(to),
        model?.Trim() ?? "");

    /// <summary>How a model is called here.</summary>
    public static string Named(long? checkpoint) => checkpoint?.ToString(CultureInfo.InvariantCulture) ?? Base;

    public bool IsOpen => this is { Show: "all", Prompt: "", Who: null, From: null, To: null };

    public bool Matches(ImageTally image) => image.Matches(Show)
        && (From is null || image.Score >= From) && (To is null || image.Score <= To) && (Who is null || image.Votes > 0);

    /// <summary>What the database can tell: the rest is in the verdicts.</summary>
    public IQueryable<Group> Of(LabelerDb db, Epoch epoch)
    {
        var groups = db.Groups.AsNoTracking().Where(group => group.EpochId == epoch.Id && group.Use != GroupUse.Evaluation);
        var prompt = Prompt.ToLowerInvariant();
        groups = prompt.Length == 0 ? groups
            : groups.Where(group => group.Prompt.Contains(Prompt) || group.Prompt.ToLower().Contains(prompt));
        return Who is not { } who ? groups
            : groups.Where(group => db.Votes.Any(vote => vote.AnnotatorId == who && vote.Item!.GroupId == group.Id));
    }

    public string Query(int epoch) => string.Create(CultureInfo.InvariantCulture,
        $"?epoch={epoch}&show={Show}&prompt={Uri.EscapeDataString(Prompt)}&who={Who}&from={From}&to={To}"
        + $"&model={Uri.EscapeDataString(Model)}");

    private static double? Number(string? text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
