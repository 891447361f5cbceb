namespace Labeler.Shared;

/// <summary>How long any regular expression may look at a text. None should come near it, however starved the process is.</summary>
public static class RegexTimeout
{
    public const int Milliseconds = 5_000;

    public static TimeSpan Span => TimeSpan.FromMilliseconds(Milliseconds);
}
