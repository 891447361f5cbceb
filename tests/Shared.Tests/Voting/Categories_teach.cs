using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class Categories_teach(Databases databases)
{
    private static readonly ProjectSettings Labels = new() { GroupSize = 3, Choices = Scale.Labels };

    [Theory, OnEachDatabase]
    public async Task Pictures_of_a_group_with_labels_of_different_value_make_pairs_the_better_label_first(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1, LabelingTask.Categorise, Labels);
        await scene.VoteAll(Guid.NewGuid(), lease => Say($"Label {lease.Item!.First!.Index + 1}"));
        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal([(0, 1), (0, 2), (1, 2)], plan.Preferences.Groups.Single().Pairs.Select(pair => (pair.Winner, pair.Loser)));
    }

    [Fact]
    public async Task Values_that_are_given_later_count_for_the_votes_that_are_there()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1, LabelingTask.Categorise, Labels with { Choices = [.. Scale.Labels.Select(choice => choice with { Value = null })] });
        await scene.VoteAll(Guid.NewGuid(), lease => Say($"Label {lease.Item!.First!.Index + 1}"));
        Assert.Equal(0, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
        await using (var db = world.Open())
        {
            var project = await db.Projects.SingleAsync();
            project.Change(project.Settings with { Choices = Scale.Labels });
            await db.SaveChangesAsync();
        }
        Assert.Equal(3, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    [Fact]
    public async Task An_option_without_a_value_leaves_its_picture_out_where_half_of_the_people_chose_it()
    {
        await using var world = await databases.World(Databases.Sqlite);
        Choice[] choices = [new("good", "1", "", 1), new("bad", "2", "", 0), new("unusable", "3")];
        var scene = await Scene.Sampled(world, groups: 1, LabelingTask.Categorise, new() { GroupSize = 3, Choices = choices, VotesPerItem = 2 });
        string[][] said = [["good", "bad", "unusable"], ["good", "unusable", "unusable"]];
        foreach (var person in said)
        {
            await scene.VoteAll(Guid.NewGuid(), lease => Say(person[lease.Item!.First!.Index]));
        }
        // The second picture is bad to one and unusable to the other: it is left out, and so is the third.
        Assert.Equal(0, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    [Fact]
    public void The_definitions_are_the_mirror_report_s()
    {
        Assert.Equal([3, 2, 1], Scale.Labels.Select(label => label.Value));
        Assert.Contains("object, reflection and mirror can all be seen", Scale.Labels[0].Definition);
        Assert.Contains("wider scene, whose mirror reflects the surroundings", Scale.Labels[1].Definition);
        Assert.Equal("Neither.", Scale.Labels[2].Definition);
        Assert.Equal([0, 1, 3, 6, 10], Scale.Rubric.Select(score => score.Value));
        Assert.Contains("nothing to be seen in it or before it", Scale.Rubric[1].Definition);
        Assert.Contains("only in it or only before it", Scale.Rubric[2].Definition);
        Assert.Contains("pose relation between them is wrong", Scale.Rubric[3].Definition);
        Assert.Contains("pose relation that is nearly right", Scale.Rubric[4].Definition);
    }

    [Fact]
    public void Settings_that_can_teach_nothing_say_so()
    {
        var unvalued = new ProjectSettings { Choices = [.. Scale.Labels.Select(choice => choice with { Value = null })] };
        Assert.Contains("higher for better", SettingsRules.WhyNothingIsTaught(LabelingTask.Categorise, unvalued));
        Assert.Contains("higher for better", SettingsRules.WhyNothingIsTaught(LabelingTask.Score, new() { Choices = [.. Scale.Rubric.Select(choice => choice with { Value = 1 })] }));
        Assert.Contains("at least 2", SettingsRules.WhyNothingIsTaught(LabelingTask.FlagBatch, new() { GroupSize = 1 }));
        Assert.Null(SettingsRules.WhyNothingIsTaught(LabelingTask.Categorise, new() { Choices = Scale.Labels }));
        Assert.Null(SettingsRules.WhyNothingIsTaught(LabelingTask.FlagBatch, new()));
    }

    private static ChoiceVerdict Say(string name) => new(name, true, true);
}
