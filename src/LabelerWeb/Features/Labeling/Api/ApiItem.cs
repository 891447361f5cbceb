namespace Labeler.Web.Features.Labeling.Api;

/// <summary>An item as the browser gets it: blind, so without model, epoch, seed or anybody's votes.</summary>
/// <param name="Images">In the order in which they are shown; a pair's sides are as drawn.</param>
/// <param name="Pair">Which of two is better, whatever the project asks otherwise.</param>
public sealed record ApiItem(long Item, string Prompt, IReadOnlyList<ApiImage> Images, bool Pair)
{
    public static ApiItem Of(Lease lease)
    {
        var item = lease.Item!;
        IEnumerable<SampleImage> images = (item.First, item.Second) switch
        {
            ({ } first, { } second) => lease.FirstOnLeft ? new[] { first, second } : [second, first],
            ({ } only, null) => new[] { only },
            _ => item.Group!.Images.OrderBy(i => i.Index),
        };
        return new(item.Id, item.Group!.Prompt, [.. images.Select(ApiImage.Of)], item.SecondId is not null);
    }
}

public sealed record ApiImage(string Hash, int Width, int Height)
{
    public static ApiImage Of(SampleImage image) => new(image.ContentHash, image.Width, image.Height);
}
