using System.Reflection;
using Mono.Cecil;

namespace Architecture.Tests;

/// <summary>The arrows of docs/architecture.md.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void The_engine_s_arrows_point_one_way() => None(new Layers(
        "Labeler.TrainingEngine",
        "Compute", "Weights", "Models", "Lora", "Diffusion", "MirrorWorld", "Training", "Rewards", "Algorithms", "Pretraining", "Verification", "Worker", "Experiments", "Commands")
        .Wrong(PathOf("TrainingEngine")));

    [Fact]
    public void The_shared_domain_s_arrows_point_one_way() => None(new Layers(
        "Labeler.Shared",
        "Imaging|Storage|Memory", "ModelServers", "Webhooks", "Projects|Accounts", "Epochs", "Samples", "Voting", "Members", "Jobs", "Training", "Evaluations", "Statistics", "Rewards|Exports", "Scoring|Retention",
        "Comparisons|Photos|Audit", "Gold|PreferenceSets|Webhooks.Sending", "RewardRuns", "Automation", "Data").Wrong(PathOf("Shared"), "Labeler.Shared", "Labeler.Shared.Data"));

    [Fact]
    public void The_web_s_features_know_few_others_and_none_in_a_circle() => None(new Layers(
        "Labeler.Web",
        "Hosting", "Maintenance", "Security", "Components", "Features.Projects|Features.Labeling|Features.Trainer|Features.Accounts|Features.Images",
        "Features.Review|Features.Rewards|Features.People|Features.Health|Features.InstalledRewards|Features.Comparison", "Features.Epochs", "Features.Evaluations|Features.Lineage", "Features")
        .Wrong(PathOf("LabelerWeb"), "Labeler.Web"));

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
    public void Only_the_worker_touches_the_database() => None(
        Arrow.Of(PathOf("TrainingEngine")).Where(arrow => arrow.To.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal)
            && !arrow.From.StartsWith("Labeler.TrainingEngine.Worker", StringComparison.Ordinal)).Select(arrow => arrow.Place));

    [Fact]
    public void A_component_that_is_interactive_says_so_itself()
    {
        // Where it is used, neither its base nor its tests would be looked at.
        using var web = ModuleDefinition.ReadModule(PathOf("LabelerWeb"));
        var used = web.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody).SelectMany(method => method.Body.Instructions
            .Where(instruction => instruction.Operand is MethodReference { Name: "AddComponentRenderMode" }).Select(_ => method.FullName));
        None(used);
    }

    // One line for each, so that a failure names all of them.
    private static void None(IEnumerable<string> wrong) => Assert.True(!wrong.Any(), string.Join("\n", wrong));

    private static string PathOf(string assembly) => Path.Combine(AppContext.BaseDirectory, assembly + ".dll");
}
