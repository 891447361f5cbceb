using System.Text.Json;

namespace Labeler.Web.Features.Labeling.Page;

/// <summary>What the labeling page tells its scripts. It names neither model nor epoch.</summary>
public sealed record LabelingConfig(Guid Account, string Token, LabelingProject Project, IReadOnlyDictionary<string, string> Keys)
{
    public static LabelingConfig For(Project project, Account account, string token) => new(
        account.Id, token, LabelingProject.Of(project), KeyBindings.Defaults.Keys.ToDictionary(action => action, account.Keys.For));

    /// <summary>JSON that may stand inside a script element: the default encoder writes no angle brackets.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}

/// <param name="Task">flag, pair, categorise, score or rank.</param>
/// <param name="Flags">deformed, unsafe.</param>
public sealed record LabelingProject(long Id, string Task, IReadOnlyList<string> Flags, IReadOnlyList<LabelingChoice> Choices, bool Blurred)
{
    public static LabelingProject Of(Project project) => new(
        project.Id,
        project.Task switch
        {
            LabelingTask.FlagBatch => "flag",
            LabelingTask.PreferPair => "pair",
            LabelingTask.Categorise => "categorise",
            LabelingTask.Rank => "rank",
            _ => "score",
        },
        FlagNames.All(project.Settings.Flags),
        [.. project.Settings.Choices.Select(c => new LabelingChoice(c.Name, c.Key, c.Definition, c.Example))],
        project.Settings.Blurred);
}

/// <param name="Example">See <see cref="Choice.Example"/>.</param>
public sealed record LabelingChoice(string Name, string Key, string Definition, string Example);
