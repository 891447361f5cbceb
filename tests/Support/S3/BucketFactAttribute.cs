namespace Labeler.Tests.Support.S3;

/// <summary>A test of a bucket alone, skipped with a word where no S3 server is installed.</summary>
public sealed class BucketFactAttribute : FactAttribute
{
    public BucketFactAttribute()
    {
        if (!S3Server.IsThere)
        {
            Skip = "No S3 server is installed: ./labeler test does it.";
        }
    }
}
