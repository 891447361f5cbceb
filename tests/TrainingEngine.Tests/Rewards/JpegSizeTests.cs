using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.Tests.Rewards;

public sealed class JpegSizeTests
{
    [Fact]
    public void Sizes_are_within_one_percent_of_pillows()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(GoldenCopy.File("golden-misc", "jpeg_rewards.json")));
        var names = golden.RootElement.GetProperty("png").EnumerateArray().Select(name => name.GetString()!).ToArray();
        var candidates = names.Select((name, image) => new Candidate(0, image, "", () => Picture.Decode(File.ReadAllBytes(GoldenCopy.File("golden-misc", name))))).ToArray();
        using var small = new JpegSize(large: false);
        using var large = new JpegSize(large: true);

        Check(small, "jpeg_compressibility");
        Check(large, "jpeg_incompressibility");

        void Check(IReward reward, string key)
        {
            var expected = golden.RootElement.GetProperty(key).EnumerateArray().Select(value => value.GetDouble()).ToArray();
            var actual = reward.Of(candidates, _ => { }, CancellationToken.None);
            Assert.True(expected.Length >= 4);
            Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second / pair.First, 0.99, 1.01));
        }
    }
}
