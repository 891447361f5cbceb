using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.Tests.Rewards;

public sealed class RewardNameTests
{
    [Theory]
    [InlineData("compressibility", "JPEG size, −kB")]
    [InlineData("incompressibility", "JPEG size, kB")]
    [InlineData("oracle", "share of what is right, 0 to 1")]
    [InlineData("mirror", "mirror reward, 0 to 4.5")]
    [InlineData("http://127.0.0.1:9/score", "score of 127.0.0.1")]
    [InlineData("HTTPS://host.invalid/", "score of host.invalid")]
    public void A_name_gives_its_reward(string name, string called)
    {
        using var reward = RewardName.Parse(name);
        Assert.Contains(called, reward.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("script:", "is no TorchScript module")]
    [InlineData("script:nothing.pt", "nothing.pt is no TorchScript module")]
    [InlineData("detector:nothing.pt", "a detector is named detector:FILE:CLASS with the class number of mirrors, not detector:nothing.pt")]
    [InlineData("detector:nothing.pt:7", "nothing.pt is no TorchScript module")]
    [InlineData("model:nothing", "nothing")]
    [InlineData("oracles", "there is no reward 'oracles'; there are compressibility, incompressibility, oracle (Mirror World's), mirror (on the oracle's detections), "
        + "detector:FILE:CLASS (mirror reward on a TorchScript detector whose class number CLASS is the mirror), script:FILE (a TorchScript score), "
        + "model:FILE (a reward model trained here), or an http:// address")]
    public void What_is_no_reward_is_refused_with_the_names_of_all(string name, string reason) =>
        Assert.Contains(reason, Assert.Throws<EngineException>(() => RewardName.Parse(name)).Message, StringComparison.Ordinal);
}
