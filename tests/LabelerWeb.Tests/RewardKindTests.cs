using Labeler.Shared.Scoring;
using Labeler.Web.Features.InstalledRewards;

namespace Labeler.Web.Tests;

public sealed class RewardKindTests
{
    [Fact]
    public void Every_kind_of_reward_has_a_title_and_a_line_about_it_of_its_own()
    {
        var kinds = Enum.GetValues<RewardKind>();

        Assert.Equal(kinds.Length, kinds.Select(kind => kind.Title()).Distinct().Count());
        Assert.Equal(kinds.Length, kinds.Select(RewardFields.About).Distinct().Count());
    }

    [Fact]
    public void A_kind_that_was_forgotten_does_not_go_by_another_s_title()
    {
        const RewardKind Forgotten = (RewardKind)99;

        Assert.Throws<ArgumentOutOfRangeException>(() => Forgotten.Title());
        Assert.Throws<ArgumentOutOfRangeException>(() => RewardFields.About(Forgotten));
    }
}
