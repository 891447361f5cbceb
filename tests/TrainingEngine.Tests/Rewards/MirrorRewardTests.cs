using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.Tests.Rewards;

public sealed class MirrorRewardTests
{
    private static readonly Detection Mirror = new("mirror", 0.5f, 0.1f, 0.9f, 0.9f, 0.9f);
    private static readonly Detection Within = new("flag", 0.6f, 0.4f, 0.8f, 0.6f, 0.8f);
    private static readonly Detection Beside = new("flag", 0.1f, 0.4f, 0.3f, 0.6f, 0.8f);

    [Fact]
    public void One_mirror_with_the_object_inside_and_outside_is_worth_the_published_4_5() => Assert.Equal(4.5, MirrorReward.Of([Mirror, Within, Beside]));

    [Fact]
    public void One_mirror_with_nothing_outside_is_worth_the_published_3_0() => Assert.Equal(3.0, MirrorReward.Of([Mirror, Within]));

    [Fact]
    public void Nothing_is_worth_nothing() => Assert.Equal(0, MirrorReward.Of([]));

    [Fact]
    public void Objects_without_a_mirror_are_worth_a_half_however_many() => Assert.Equal(0.5, MirrorReward.Of([Within, Beside]));

    [Fact]
    public void A_mirror_alone_is_worth_1_5_and_several_1()
    {
        Assert.Equal(1.5, MirrorReward.Of([Mirror]));
        Assert.Equal(1, MirrorReward.Of([Mirror, Mirror with { Left = 0, Right = 0.3f }]));
    }

    [Fact]
    public void Many_objects_on_one_side_are_worth_no_more_than_one() => Assert.Equal(3.0, MirrorReward.Of([Mirror, Beside, Beside with { Top = 0.1f, Bottom = 0.3f }]));

    [Fact]
    public void Of_several_mirrors_the_surest_one_is_looked_into()
    {
        var surer = Mirror with { Left = 0, Right = 0.4f, Score = 0.95f };
        Assert.Equal(1 + 1.5, MirrorReward.Of([Mirror, surer, Beside]));
        Assert.Equal(1 + 3, MirrorReward.Of([Mirror, surer, Beside, Within]));
        Assert.Equal(1 + 1.5, MirrorReward.Of([Mirror, surer with { Score = 0.85f }, Beside]));
    }

    [Theory]
    [InlineData(0.349, 0.5)]
    [InlineData(0.351, 3.0)]
    public void A_mirror_counts_from_a_score_of_0_35_on(double score, double expected) => Assert.Equal(expected, MirrorReward.Of([Mirror with { Score = (float)score }, Within]));

    [Theory]
    [InlineData(0.249, 1.5)]
    [InlineData(0.251, 3.0)]
    public void An_object_counts_from_a_score_of_0_25_on(double score, double expected) => Assert.Equal(expected, MirrorReward.Of([Mirror, Within with { Score = (float)score }]));

    [Fact]
    public void An_object_of_which_exactly_85_percent_are_inside_is_outside()
    {
        Detection mirror = Mirror with { Left = 3, Right = 100, Top = 0, Bottom = 4 }, thing = Within with { Left = 0, Right = 20, Top = 1, Bottom = 2 };
        Assert.Equal(4.5, MirrorReward.Of([mirror, thing, thing with { Left = 30, Right = 40 }]));
        Assert.Equal(3.0, MirrorReward.Of([mirror, thing, thing with { Left = -9, Right = 1 }]));
    }

    // A box 0.2 wide whose right part is inside the mirror, from 0.5 on.
    [Theory]
    [InlineData(0.84, false)]
    [InlineData(0.86, true)]
    public void An_object_is_inside_when_more_than_85_percent_of_its_box_are(double share, bool inside)
    {
        float left = (float)(0.5 - (0.2 * (1 - share)));
        Detection across = Within with { Left = left, Right = left + 0.2f };
        Detection other = inside ? Beside : Within;
        Assert.Equal(4.5, MirrorReward.Of([Mirror, across, other]));
        Assert.Equal(3.0, MirrorReward.Of([Mirror, across]));
    }
}
