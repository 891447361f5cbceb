namespace Labeler.Shared.Voting;

/// <summary>A prompt whose pictures somebody judges. Whoever has any in a project judges those alone; others judge everything.</summary>
/// <remarks>By its text, as prompts of a project are replaced and pictures keep the text that they were made from.</remarks>
public sealed class AssignedPrompt
{
    private AssignedPrompt() { }

    internal AssignedPrompt(long project, Guid account, string text) => (ProjectId, AccountId, Text) = (project, account, text);

    public long Id { get; private set; }
    public long ProjectId { get; private set; }
    public Guid AccountId { get; private set; }
    public string Text { get; private set; } = "";
}
