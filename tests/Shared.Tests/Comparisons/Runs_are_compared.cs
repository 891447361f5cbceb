using Labeler.Shared.Comparisons;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Comparisons;

[Collection(Databases.Collection)]
public sealed class Runs_are_compared(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task A_run_is_measured_over_the_labelled_pictures_that_its_model_had_learned_from(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0, 1));
        var second = await Trained(scene);
        await scene.Sample(second, 3);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0));

        await using var db = world.Open();
        var curve = await RunCurve.Read(db, scene.Project, Measure.Normal);
        Assert.Equal([(0, 0.0, .714286), (1, 21, .857143)], curve.Points.Select(point => (point.Epoch, point.Used, Math.Round(point.Value, 6))));
        Assert.All(curve.Points, point => Assert.InRange(point.Value, point.Low, point.High));
        Assert.Equal([Measure.Normal], Measures.Of(scene.Project));
    }

    [Fact]
    public async Task What_was_rolled_back_is_on_no_curve()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0));
        var second = await Trained(scene);
        await scene.Sample(second, 2);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0));
        var third = await scene.Cycle.RollBack(scene.Project.Id, null);
        await scene.Sample(third, 2);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0, 1));

        await using var db = world.Open();
        var point = Assert.Single((await RunCurve.Read(db, scene.Project, Measure.Normal)).Points);
        Assert.Equal((0, 0.0, Math.Round(5 / 7.0, 9)), (point.Epoch, point.Used, Math.Round(point.Value, 9)));
    }

    [Fact]
    public void Seeds_of_one_thing_become_their_mean_and_deviation_at_epochs_that_more_than_one_reached()
    {
        var together = Curve.Together("d3po", [Of(1, 2, 9), Of(3, 6)]);
        Assert.Equal([(0, 2.0, .585786, 3.414214, 2), (1, 4, 1.171573, 6.828427, 2)], together.Points.Select(p => (p.Epoch, p.Value, Math.Round(p.Low, 6), Math.Round(p.High, 6), p.Runs)));
        Assert.Equal([1.0, 2, 9], Curve.Together("alone", [Of(1, 2, 9)]).Points.Select(p => p.Value));
    }

    [Fact]
    public void Seeds_that_used_different_numbers_of_pictures_meet_where_the_slower_one_stands()
    {
        Curve slow = new("slow", [new(0, 0, 1, 1, 1), new(1, 50, 2, 2, 2)]), quick = new("quick", [new(0, 0, 3, 3, 3), new(1, 100, 5, 5, 5)]), late = new("late", [new(1, 60, 9, 9, 9)]);
        var points = Curve.Together("both", [slow, quick]).Points;
        Assert.Equal([(0, 0.0, 2.0, 2), (1, 50, 3, 2)], points.Select(p => (p.Epoch, p.Used, p.Value, p.Runs)));
        // One that was first measured after that number says nothing there.
        Assert.Equal(points, Curve.Together("all", [slow, quick, late]).Points);
        Assert.Empty(Curve.Together("apart", [slow, late]).Points);
    }

    [Theory]
    [InlineData(new[] { 1.0, 2, 3, 4 }, new[] { 1.0, 3, 2.5, 2 }, 1)]
    [InlineData(new[] { 1.0, 2, 3, 4 }, new[] { 1.0, 2, 2.5, 3 }, null)]
    [InlineData(new[] { 1.0, 4, 3, 2 }, new[] { 1.0, 3, 2.5, 2 }, null)]
    [InlineData(new[] { 1.0 }, new[] { 1.0 }, null)]
    public void Over_optimisation_begins_where_held_out_prompts_lose_while_trained_ones_gain(double[] training, double[] heldOut, int? epoch) =>
        Assert.Equal(epoch, OverOptimization.Begins(Of(training), Of(heldOut))?.Epoch);

    [Theory]
    [InlineData(new[] { -0.9, -1.1, -1.0 }, 1)]
    [InlineData(new[] { -3.0, 2.0, -2.0 }, null)]
    [InlineData(new[] { -1.0 }, null)]
    public void A_fall_that_may_be_chance_is_no_over_optimisation(double[] changes, int? epoch) =>
        Assert.Equal(epoch, OverOptimization.Begins(Of(1, 2, 3, 4), Of(1, 3, 2.5, 2), (from, to) => (from, to) == (1, 3) ? changes : [])?.Epoch);

    private static Curve Of(params double[] values) => new("run", [.. values.Select((value, epoch) => new CurvePoint(epoch, epoch * 10, value, value, value))]);

    private static async Task<Epoch> Trained(Scene scene)
    {
        await scene.Cycle.Train(scene.Epoch.Id, null);
        var job = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        await scene.Cycle.StartTraining(job);
        return (await scene.Cycle.Complete(job, AdapterKind.Lora, await scene.World.Files.Put("adapter"u8.ToArray()), null))!;
    }
}
