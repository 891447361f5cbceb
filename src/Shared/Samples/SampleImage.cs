namespace Labeler.Shared.Samples;

/// <summary>One image of a group. Its identity on disk is its content hash, so a moved folder loses nothing.</summary>
public sealed class SampleImage
{
    private SampleImage() { }

    internal SampleImage(NewImage image, int index)
    {
        Index = index;
        ContentHash = image.ContentHash;
        Width = image.Width;
        Height = image.Height;
        Seed = image.Seed;
    }

    public long Id { get; private set; }
    public long GroupId { get; private set; }

    /// <summary>Place in the group, from 0; the same as in its trajectory.</summary>
    public int Index { get; private set; }
    public string ContentHash { get; private set; } = "";
    public int Width { get; private set; }
    public int Height { get; private set; }

    /// <summary>Seed of the noise of its steps.</summary>
    public long Seed { get; private set; }
}
