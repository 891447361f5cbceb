using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Tests.MirrorWorld;

public class ScenesTests
{
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
