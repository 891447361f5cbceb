namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>The form of a blob without its size and place: how much of each cell of a grid over its box is covered.</summary>
internal sealed class Silhouette
{
    private const int Cells = 16;
    private readonly float[] _cover = new float[Cells * Cells];

    public Silhouette(Blob blob, bool flipped = false)
    {
        var inside = blob.Pixels.ToHashSet();
        const int Samples = 3;
        for (int cell = 0; cell < _cover.Length; cell++)
        {
            for (int sample = 0; sample < Samples * Samples; sample++)
            {
                float across = ((cell % Cells) + (((sample % Samples) + 0.5f) / Samples)) / Cells;
                float down = ((cell / Cells) + (((sample / Samples) + 0.5f) / Samples)) / Cells;
                int column = blob.Left + (int)((flipped ? 1 - across : across) * blob.Width);
                int row = blob.Top + (int)(down * blob.Height);
                _cover[cell] += inside.Contains((row * PixelGrid.Size) + column) ? 1f / (Samples * Samples) : 0;
            }
        }
    }

    /// <summary>Intersection over union, 0 to 1.</summary>
    public float Likeness(Silhouette other)
    {
        float both = 0, either = 0;
        for (int cell = 0; cell < _cover.Length; cell++)
        {
            both += Math.Min(_cover[cell], other._cover[cell]);
            either += Math.Max(_cover[cell], other._cover[cell]);
        }

        return either > 0 ? both / either : 0;
    }
}
