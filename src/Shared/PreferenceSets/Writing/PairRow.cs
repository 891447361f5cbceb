namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>A preference on its way out: two pictures of one prompt, of which people found one better.</summary>
/// <param name="First">Content hash of the picture with the lower place in its group.</param>
/// <param name="Second">Content hash of the other.</param>
/// <param name="Weight">How sure people were, above 0 to 1.</param>
/// <param name="Votes">Votes on the group that it follows from, each as many as it stands for.</param>
/// <param name="Person">A number in the place of the only person who judged; null where several did.</param>
/// <param name="At">When the last of them did.</param>
/// <param name="Model">What made the pictures.</param>
public sealed record PairRow(
    string Prompt, string First, string Second, bool FirstWins, double Weight, int Votes, int? Person, DateTimeOffset At, string Model)
{
    /// <summary>How many rows the set has of this prompt.</summary>
    public int RowsOfPrompt { get; init; }

    public string Chosen => FirstWins ? First : Second;
    public string Rejected => FirstWins ? Second : First;
}
