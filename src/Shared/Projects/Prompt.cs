namespace Labeler.Shared.Projects;

/// <summary>A text that images are made from.</summary>
public sealed class Prompt
{
    private Prompt() { }

    internal Prompt(string text, int position, PromptUse use)
    {
        Text = text;
        Position = position;
        Use = use;
    }

    public long Id { get; private set; }
    public long ProjectId { get; private set; }
    public string Text { get; private set; } = "";
    public int Position { get; private set; }
    public PromptUse Use { get; private set; }
}

/// <summary>The numbers are stored.</summary>
public enum PromptUse
{
    Training = 0,

    /// <summary>Only evaluated on, which shows over-optimisation.</summary>
    HeldOut = 1,
}
