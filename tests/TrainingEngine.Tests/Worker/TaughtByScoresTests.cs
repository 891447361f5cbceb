using Labeler.Shared.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Worker;

namespace Labeler.TrainingEngine.Tests.Worker;

public sealed class TaughtByScoresTests
{
    private static readonly ManifestGroup Group = new(1, "1 hand", 0, "t", ["a", "b", "c"], [new(2, 0, 0.5)], [9]) { Scores = [1, 3, null] };

    [Fact]
    public void Scores_alone_are_the_images_rewards_and_the_higher_one_wins_a_pair()
    {
        var epoch = TaughtByScores.Of([Group with { Preferences = [] }], ["t"], [], new ManifestTeacher(1, "r", 2, 0));

        Assert.Equal([1, 3, double.NaN], epoch.Rewards.Single());
        Assert.Equal([new PreferencePair(0, 1, 0, 2)], epoch.Preferences);
    }

    [Fact]
    public void Beside_votes_each_teacher_has_its_weight_in_pairs_and_in_what_an_image_is_worth()
    {
        var votes = new[] { new PreferencePair(0, 2, 0, 0.5) };

        var epoch = TaughtByScores.Of([Group], ["t"], votes, new ManifestTeacher(1, "r", 2, 3));

        // The votes say -0.5, nothing and 0.5.
        Assert.Equal([(2 * 1) + (3 * -0.5), 2 * 3, 3 * 0.5], epoch.Rewards.Single());
        Assert.Equal([new PreferencePair(0, 2, 0, 1.5), new PreferencePair(0, 1, 0, 2)], epoch.Preferences);
    }

    [Fact]
    public void A_manifest_with_scores_is_read_as_it_was_written_and_one_without_has_the_bytes_it_always_had()
    {
        var plain = new Manifest(Manifest.CurrentVersion, "hands", 1, "model", null, "ddpo", new(), new(), [Group with { Scores = null }]);
        var scored = plain with { Teacher = new(4, "r", 1, 0), Groups = [Group] };

        var read = Manifest.Read(scored.ToBytes());

        Assert.Equal(scored.Hash(), read.Hash());
        Assert.Equal((scored.Teacher, 1.0, null), (read.Teacher, read.Groups[0].Scores![0], read.Groups[0].Scores![2]));
        var text = System.Text.Encoding.UTF8.GetString(plain.ToBytes());
        Assert.DoesNotContain("scores", text, StringComparison.Ordinal);
        Assert.DoesNotContain("teacher", text, StringComparison.Ordinal);
    }
}
