using Labeler.Shared.Photos;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Tests.Photos;

public sealed class A_fine_tuning_is_evaluated_as_in_the_report
{
    [Fact]
    public void Thirty_steps_with_guidance_of_seven_and_a_half_on_a_hundred_captions_and_fifty_unseen_ones()
    {
        var sampling = ReportPreset.Sampling(new SamplingSettings { Size = 512, NegativePrompt = "blurry" });
        Assert.Equal(new SamplingSettings { Size = 512, NegativePrompt = "blurry", Steps = 30, GuidanceScale = 7.5 }, sampling);
        Assert.Equal((100, 50), (ReportPreset.LearnedCaptions, ReportPreset.UnseenCaptions));
    }
}
