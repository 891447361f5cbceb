using Labeler.Shared.Projects;
using Labeler.Shared.Samples;

namespace Labeler.Shared.PreferenceSets.Tables;

/// <summary>The prompts that a project has now.</summary>
internal static class PromptTable
{
    /// <param name="Groups">Sampled from it for labeling so far, in all epochs.</param>
    public sealed record Row(int Position, string Text, PromptUse Use, int Groups);

    public static IReadOnlyList<TableColumn<Row>> Columns { get; } =
    [
        TableColumn<Row>.Value("position", row => row.Position),
        TableColumn<Row>.Text("prompt", row => row.Text),
        TableColumn<Row>.Text("use", row => row.Use == PromptUse.HeldOut ? "heldOut" : "training"),
        TableColumn<Row>.Value("groups", row => row.Groups),
    ];

    public static async IAsyncEnumerable<Row> Read(LabelerDb db, Project project)
    {
        var sampled = await db.Groups.Where(g => g.ProjectId == project.Id && g.Use == GroupUse.Labeling).GroupBy(g => g.Prompt)
            .Select(of => new { of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Key, of => of.Count);
        var prompts = db.Prompts.AsNoTracking().Where(p => p.ProjectId == project.Id).OrderBy(p => p.Position);
        await foreach (var prompt in prompts.AsAsyncEnumerable())
        {
            yield return new(prompt.Position, prompt.Text, prompt.Use, sampled.GetValueOrDefault(prompt.Text));
        }
    }
}
