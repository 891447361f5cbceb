using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms;

namespace Labeler.TrainingEngine.Tests.Algorithms;

public sealed class RegistryTests
{
    [Fact]
    public void Every_algorithm_that_people_can_choose_is_one_that_the_engine_has() =>
        Assert.Equal(AlgorithmInfo.All, Algorithm.All.Select(one => one.Info));

    [Fact]
    public void A_project_s_settings_are_valid_for_every_algorithm_by_default()
    {
        Assert.All(Algorithm.All, algorithm =>
        {
            algorithm.OfProject(new TrainingOptions(), learnedReward: false).Validate();
            algorithm.OfProject(new TrainingOptions(), learnedReward: true).Validate();
        });
    }

    [Fact]
    public void An_unknown_algorithm_is_refused_with_the_names_of_all() =>
        Assert.Equal(
            $"there is no algorithm d4po; there are {string.Join(", ", AlgorithmInfo.All.Select(one => one.Name))}",
            Assert.Throws<EngineException>(() => Algorithm.Find("d4po")).Message);
}
