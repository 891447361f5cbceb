namespace Labeler.Shared.Tests.Support;

/// <summary>Skipped with a word where no disk can be mounted.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (!SmallDisk.Possible)
        {
            Skip = "A small disk cannot be mounted here (it needs root).";
        }
    }
}
