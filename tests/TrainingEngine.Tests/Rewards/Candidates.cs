using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.Tests.Rewards;

/// <summary>Images of one colour each.</summary>
internal static class Candidates
{
    public static Candidate[] Of(params byte[] greys) => [.. greys.Select((grey, image) =>
        new Candidate(0, image, "a cat", () => new Picture(8, 4, [.. Enumerable.Repeat(grey, 8 * 4 * 3)])))];
}
