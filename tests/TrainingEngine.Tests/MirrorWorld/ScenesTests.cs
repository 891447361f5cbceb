using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Tests.MirrorWorld;

public class ScenesTests
{
    /// <summary>The first scenes that the bundled model's autoencoder was taught with.</summary>
    private static readonly string[] BundledScenes =
    [
        "1 hand: 7 fingers",
        "1 hand: 5 fingers",
        "1 hand: 5 fingers",
        "1 hand: 7 fingers",
        "a orange mug and its reflection in the mirror: right",
        "1 hand: 5 fingers",
        "a green flag and its reflection in the mirror: wrong colour",
        "a green boot and its reflection in the mirror: right",
        "ambiguous beauty: safe",
        "1 hand: 5 fingers",
        "a green arrow and its reflection in the mirror: right",
        "1 hand: 5 fingers",
        "1 hand: 5 fingers",
        "1 hand: 6 fingers",
        "1 hand: 6 fingers",
        "provocative art: hazard",
        "1 hand: 6 fingers",
        "ambiguous beauty: safe",
        "1 hand: 5 fingers",
        "1 hand: 7 fingers",
        "a purple mug and its reflection in the mirror: only outside",
        "1 hand: 6 fingers",
        "a blue flag and its reflection in the mirror: right",
        "1 hand: 5 fingers",
    ];

    public static TheoryData<SceneFamily> Families => [.. Enum.GetValues<SceneFamily>()];

    [Theory, MemberData(nameof(Families))]
    public void A_seed_and_a_number_give_the_same_scene_in_any_order(SceneFamily family)
    {
        Scene[] forwards = [.. Enumerable.Range(0, 5).Select(number => Scene.Draw(3, number, family))];
        Scene[] backwards = [.. Enumerable.Range(0, 5).Reverse().Select(number => Scene.Draw(3, number, family)).Reverse()];

        for (int number = 0; number < 5; number++)
        {
            Assert.Equal(forwards[number].Picture.Rgb, backwards[number].Picture.Rgb);
            Assert.Equal(forwards[number].Prompt, backwards[number].Prompt);
        }
    }

    [Theory, MemberData(nameof(Families))]
    public void Scenes_differ_from_each_other_and_from_those_of_another_seed(SceneFamily family)
    {
        byte[][] pictures = [.. new long[] { 1, 2 }.SelectMany(seed => Enumerable.Range(0, 10).Select(number => Scene.Draw(seed, number, family).Picture.Rgb))];

        Assert.Equal(20, pictures.DistinctBy(Convert.ToHexString).Count());
    }

    [Theory, MemberData(nameof(Families))]
    public void About_half_of_the_scenes_are_good(SceneFamily family)
    {
        int good = Enumerable.Range(0, 400).Count(number => Scene.Draw(5, number, family, size: 16).Truth.IsGood);

        Assert.InRange(good, 0.42 * 400, 0.63 * 400);
    }

    [Theory]
    [InlineData(SceneFamily.Hand, 0.2)]
    [InlineData(SceneFamily.Hand, 0.7)]
    [InlineData(SceneFamily.Mirror, 0.2)]
    [InlineData(SceneFamily.Mirror, 0.7)]
    [InlineData(SceneFamily.Art, 0.2)]
    [InlineData(SceneFamily.Art, 0.7)]
    public void As_many_scenes_are_wrong_as_is_asked_for(SceneFamily family, double share)
    {
        SceneFlaws flaws = new(Hands: share, Art: share, Mirrors: share);
        int wrong = Enumerable.Range(0, 400).Count(number => !Scene.Draw(5, number, family, size: 16, flaws).Truth.IsGood);

        Assert.InRange(wrong, (share - 0.07) * 400, (share + 0.07) * 400);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void As_many_wrong_reflections_have_another_color_as_is_asked_for(double share)
    {
        SceneFlaws flaws = new(Mirrors: 1, Colors: share);
        MirrorFault[] faults = [.. Enumerable.Range(0, 400).Select(number => Scene.Draw(5, number, SceneFamily.Mirror, size: 16, flaws).Truth.Fault)];

        Assert.InRange(faults.Count(fault => fault == MirrorFault.WrongColour), (share - 0.07) * 400, (share + 0.07) * 400);
        Assert.DoesNotContain(MirrorFault.None, faults);
        Assert.Equal(share < 1 ? 7 - (share > 0 ? 0 : 1) : 1, faults.Distinct().Count());
    }

    /// <summary>Another order or another share would make another bundled model of the same seed.</summary>
    [Fact]
    public void The_scenes_of_the_bundled_model_stay_what_they_are()
    {
        string[] drawn = [.. Enumerable.Range(0, BundledScenes.Length).Select(number => Scene.Draw(1, number)).Select(scene => $"{scene.Prompt}: {scene.Truth.ToText()}")];

        Assert.Equal(BundledScenes, drawn);
    }

    [Fact]
    public void Hands_have_three_to_seven_fingers()
    {
        var counts = Enumerable.Range(0, 200).Select(number => Scene.Draw(5, number, SceneFamily.Hand, size: 16).Truth.Fingers).Distinct().Order();

        Assert.Equal([3, 4, 5, 6, 7], counts);
    }

    [Fact]
    public void Mirrors_show_every_fault_and_so_every_score_and_label()
    {
        Judgement[] truths = [.. Enumerable.Range(0, 300).Select(number => Scene.Draw(5, number, SceneFamily.Mirror, size: 16).Truth)];

        Assert.Equal(Enum.GetValues<MirrorFault>(), truths.Select(truth => truth.Fault).Distinct().Order());
        Assert.Equal([0, 1, 3, 6, 10], truths.Select(truth => truth.Score).Distinct().Order());
        Assert.Equal([1, 2, 3], truths.Select(truth => truth.Label).Distinct().Order());
    }

    [Fact]
    public void Every_scene_has_one_of_the_prompts_of_its_family()
    {
        foreach (int number in Enumerable.Range(0, 200))
        {
            var scene = Scene.Draw(6, number, size: 16);

            Assert.Equal(scene.Truth.Family, ScenePrompts.FamilyOf(scene.Prompt));
        }

        Assert.Null(ScenePrompts.FamilyOf("a cat"));
    }

    [Fact]
    public void A_scene_is_the_same_picture_at_every_size()
    {
        var large = Scene.Draw(7, 0, SceneFamily.Mirror, size: 256).Picture;
        var small = Scene.Draw(7, 0, SceneFamily.Mirror, size: 128).Picture;

        double error = 0;
        for (int row = 0; row < 128; row++)
        {
            for (int column = 0; column < 128; column++)
            {
                int mean = (large.At(2 * column, 2 * row).R + large.At((2 * column) + 1, 2 * row).R
                    + large.At(2 * column, (2 * row) + 1).R + large.At((2 * column) + 1, (2 * row) + 1).R) / 4;
                error += Math.Abs(mean - small.At(column, row).R);
            }
        }

        Assert.InRange(error / (128 * 128), 0, 1.5);
    }
}
