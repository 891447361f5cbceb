namespace Labeler.Shared.Storage.S3;

/// <summary>The settings <c>Store:S3</c>.</summary>
public sealed record S3Options
{
    /// <summary>The server's address, such as https://s3.example.org; null for the one of Amazon in <see cref="Region"/>.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>What requests are signed for. Servers other than Amazon's take any.</summary>
    public string Region { get; init; } = "us-east-1";

    public required string Bucket { get; init; }

    /// <summary>What the keys of all objects begin with: empty, or ends with a slash.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Null for the usual chain of the software development kit: environment, profile, the machine's role.</summary>
    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    /// <summary>Bytes of a part. Larger files go in parts, four at a time, and each part is tried again by itself.</summary>
    public int PartBytes { get; init; } = 16 << 20;

    /// <summary>How long one request is tried again while the server says that it is busy or does not answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);
}
