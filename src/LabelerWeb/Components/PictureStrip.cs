namespace Labeler.Web.Components;

public static class PictureStrip
{
    private const int Pictures = 5;

    /// <summary>Content hashes by project: the first image of the first groups of its newest epoch that has any.</summary>
    public static async Task<ILookup<long, string>> Read(LabelerDb db, CancellationToken cancel = default)
    {
        var firsts = await db.Groups.Where(group => group.Use != GroupUse.Evaluation && group.Number < Pictures)
            .Select(group => new
            {
                group.ProjectId,
                group.EpochId,
                group.Number,
                Hash = group.Images.OrderBy(image => image.Index).Select(image => image.ContentHash).First()
            })
            .ToListAsync(cancel);
        return firsts.GroupBy(first => first.ProjectId)
            .SelectMany(project => project.GroupBy(first => first.EpochId).MaxBy(epoch => epoch.Key)!)
            .OrderBy(first => first.Number)
            .ToLookup(first => first.ProjectId, first => first.Hash);
    }
}
