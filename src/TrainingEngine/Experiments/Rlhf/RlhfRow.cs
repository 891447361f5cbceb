using System.Globalization;
using System.Text.Json.Serialization;
using Labeler.Shared.Rewards;
using Labeler.TrainingEngine.Experiments.Comparison;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.Experiments.Rlhf;

/// <summary>One round of one method and seed; round 0 is the base model.</summary>
/// <param name="Votes">Judgements of single images so far.</param>
/// <param name="Measured">The policy that the round left.</param>
/// <param name="Seen">What the oracle says of each evaluation image: s safe, h hazard, u unreadable.</param>
/// <param name="Policy">Its weights, relative to the folder; null while they are the model's own.</param>
/// <param name="Reward">How often the round's reward model was right; null for D3PO, which has none.</param>
internal sealed record RlhfRow(
    string Method, int Seed, int Round, int Votes, EpochRow Measured, string Seen, string? Policy, LearningFigures? Reward)
{
    /// <summary>First line of the CSV file; shares are of 1.</summary>
    public const string CsvHeader =
        "method,seed,round,votes,rate,low,high,diversity,reward_right,reward_low,reward_high,new_prompts_right,new_prompts_low,"
        + "new_prompts_high,sample_seconds,train_seconds";

    /// <summary>Of one picture of these.</summary>
    public static char Letter(Judgement seen) => !seen.Readable ? 'u' : seen.Hazard ? 'h' : 's';

    /// <summary>As the oracle had it.</summary>
    public Judgement JudgementOf(int image) => new(SceneFamily.Art) { Readable = Seen[image] != 'u', Hazard = Seen[image] == 'h' };

    /// <summary>A line of the CSV file.</summary>
    public string ToCsv() => string.Create(CultureInfo.InvariantCulture,
        $"{Method},{Seed},{Round},{Votes},{Measured.Rate.Share:0.####},{Measured.Rate.Low:0.####},{Measured.Rate.High:0.####},"
            + $"{Measured.Diversity:0.####},{Cells(Reward?.Votes)},{Cells(Reward?.NewPrompts)},{Measured.SampleSeconds:0.##},"
            + $"{Measured.TrainSeconds:0.##}");

    /// <summary>The rate as a comparison's reward over votes, which the comparison page reads.</summary>
    [JsonIgnore]
    public ComparisonRow Compared => new(Method, Seed, Round, Votes, Measured.Rate.Share, double.NaN, Measured.Diversity,
        Measured.SampleSeconds, Measured.TrainSeconds);

    private static string Cells(CountedPairs? right) => right?.Share is not { } share ? ",,"
        : string.Create(CultureInfo.InvariantCulture, $"{share.Share:0.####},{share.Low:0.####},{share.High:0.####}");
}
