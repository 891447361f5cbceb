using System.Reflection;

namespace Architecture.Tests;

/// <summary>The arrows of docs/architecture.md.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void The_engine_s_arrows_point_one_way() => Assert.Empty(new Layers(
        "Labeler.TrainingEngine",
        "Compute", "Weights", "Models", "Lora", "Diffusion", "MirrorWorld", "Training", "Rewards", "Algorithms", "Pretraining", "Verification", "Worker", "Experiments", "Commands")
        .Wrong(PathOf("TrainingEngine")));

    [Fact]
    public void A_wrong_arrow_is_named_with_its_file_and_line()
    {
        var wrong = new Layers("Architecture.Tests.Planted", "Below", "Above").Wrong(Assembly.GetExecutingAssembly().Location);

        Assert.Matches(@"Below\.cs:\d+: Architecture\.Tests\.Planted\.Below must not use Architecture\.Tests\.Planted\.Above$", Assert.Single(wrong));
        Assert.Empty(new Layers("Architecture.Tests.Planted", "Above", "Below").Wrong(Assembly.GetExecutingAssembly().Location));
    }

    [Fact]
    public void A_namespace_without_a_place_is_named() => Assert.Contains(
        "Architecture.Tests.Planted.Below has no place in the house",
        Assert.Single(new Layers("Architecture.Tests.Planted", "Above").Wrong(Assembly.GetExecutingAssembly().Location)));

    [Fact]
    public void Web_and_engine_know_the_shared_domain_and_not_each_other()
    {
        Assert.DoesNotContain(Arrow.Of(PathOf("LabelerWeb")), arrow => arrow.To.StartsWith("Labeler.TrainingEngine", StringComparison.Ordinal));
        Assert.DoesNotContain(Arrow.Of(PathOf("TrainingEngine")), arrow => arrow.To.StartsWith("Labeler.Web", StringComparison.Ordinal));
        Assert.DoesNotContain(Arrow.Of(PathOf("Shared")), arrow => arrow.To.StartsWith("Labeler.Web", StringComparison.Ordinal) || arrow.To.StartsWith("Labeler.TrainingEngine", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_worker_touches_the_database() => Assert.Empty(
        Arrow.Of(PathOf("TrainingEngine")).Where(arrow => arrow.To.StartsWith("Labeler.Shared.Data", StringComparison.Ordinal)
            && !arrow.From.StartsWith("Labeler.TrainingEngine.Worker", StringComparison.Ordinal)
            && arrow.From != "Labeler.TrainingEngine.Commands").Select(arrow => arrow.Place));

    private static string PathOf(string assembly) => Path.Combine(AppContext.BaseDirectory, assembly + ".dll");
}
