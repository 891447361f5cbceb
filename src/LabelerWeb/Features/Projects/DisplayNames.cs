namespace Labeler.Web.Features.Projects;

/// <summary>What pages call tasks.</summary>
public static class DisplayNames
{
    public static string Of(LabelingTask task) => task switch
    {
        LabelingTask.FlagBatch => "Flag a batch",
        LabelingTask.PreferPair => "Prefer one of a pair",
        LabelingTask.Categorise => "Categorize",
        LabelingTask.Rank => "Rank a group",
        _ => "Score",
    };

    public static string Explain(LabelingTask task) => task switch
    {
        LabelingTask.FlagBatch => "A grid of one prompt's images; the bad ones are flagged, the rest are normal.",
        LabelingTask.PreferPair => "Two images of one prompt; the better one wins, or neither.",
        LabelingTask.Categorise => "One image at a time into one of your categories.",
        LabelingTask.Rank => "All of one prompt's images from the best to the worst, ties allowed.",
        _ => "One image at a time gets a score with a written definition.",
    };
}
