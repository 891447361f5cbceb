namespace Labeler.Web.Features.Projects;

/// <summary>What pages call tasks and the work of workers.</summary>
public static class DisplayNames
{
    public static string Of(LabelingTask task) => task switch
    {
        LabelingTask.FlagBatch => Texts.Key("Flag a batch"),
        LabelingTask.PreferPair => Texts.Key("Prefer one of a pair"),
        LabelingTask.Categorise => Texts.Key("Categorize"),
        LabelingTask.Rank => Texts.Key("Rank a group"),
        _ => Texts.Key("Score"),
    };

    public static string Explain(LabelingTask task) => task switch
    {
        LabelingTask.FlagBatch => Texts.Key("A grid of one prompt's images; the bad ones are flagged, the rest are normal."),
        LabelingTask.PreferPair => Texts.Key("Two images of one prompt; the better one wins, or neither."),
        LabelingTask.Categorise => Texts.Key("One image at a time into one of your categories."),
        LabelingTask.Rank => Texts.Key("All of one prompt's images from the best to the worst, ties allowed."),
        _ => Texts.Key("One image at a time gets a score with a written definition."),
    };

    public static string Of(JobKind kind) => kind switch
    {
        JobKind.Sample => Texts.Key("sampling"),
        JobKind.Train => Texts.Key("training"),
        JobKind.Export => Texts.Key("export"),
        JobKind.Import => Texts.Key("importing photos"),
        JobKind.Caption => Texts.Key("writing captions"),
        JobKind.FineTune => Texts.Key("fine-tuning"),
        JobKind.Evaluate => Texts.Key("evaluation"),
        JobKind.Score => Texts.Key("scoring"),
        JobKind.SampleShare => Texts.Key("sampling, a share"),
        JobKind.EvaluateShare => Texts.Key("evaluation, a share"),
        JobKind.ScoreShare => Texts.Key("scoring, a share"),
        JobKind.RewardModel => Texts.Key("learning a reward"),
        _ => Texts.Key("importing preferences"),
    };
}
