namespace Labeler.Shared.Statistics;

/// <summary>Two checkpoints' pictures of one prompt side by side, and how everybody who saw them voted.</summary>
/// <param name="First">A checkpoint's place in the plan.</param>
/// <param name="Second">The other's.</param>
/// <param name="ForFirst">Votes for the first one's picture.</param>
/// <param name="ForSecond">Votes for the second one's.</param>
public sealed record DuelMeeting(int First, int Second, int ForFirst, int ForSecond, int Ties, int BothBad);
