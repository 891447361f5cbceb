using System.Text.Json.Serialization;

namespace Labeler.Web.Features.Labeling.Api;

/// <summary>An item as the browser gets it: blind, so without model, epoch, seed or, but for a check, anybody's votes.</summary>
/// <param name="Images">In the order in which they are shown; a pair's sides are as drawn.</param>
/// <param name="Pair">Which of two is better, whatever the project asks otherwise.</param>
/// <param name="Check">Another person's flags of each picture, which are to be confirmed or changed; absent where there is nothing to
/// check.</param>
/// <param name="Practice">Its place in the practice, from 1; absent where the answer is a vote.</param>
public sealed record ApiItem(long Item, string Prompt, IReadOnlyList<ApiImage> Images, bool Pair,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FlagKinds>? Check = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Practice = null)
{
    public static ApiItem Of(Lease lease) => Of(lease.Item!, lease.FirstOnLeft) with
    {
        Check = lease.Checked is { } seen ? [.. seen.Tiles.OrderBy(tile => tile.Index).Select(tile => tile.Flags)] : null,
    };

    public static ApiItem Of(PracticeTurn turn) => Of(turn.Item!, firstOnLeft: true) with { Practice = turn.Answered + 1 };

    private static ApiItem Of(Item item, bool firstOnLeft)
    {
        IEnumerable<SampleImage> images = (item.First, item.Second) switch
        {
            ({ } first, { } second) => firstOnLeft ? new[] { first, second } : [second, first],
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
