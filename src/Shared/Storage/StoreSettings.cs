using System.Globalization;
using Labeler.Shared.Storage.Caching;
using Labeler.Shared.Storage.S3;
using Microsoft.Extensions.Configuration;

namespace Labeler.Shared.Storage;

/// <summary>The section <c>Store</c> of appsettings.json: where files are kept.</summary>
public static class StoreSettings
{
    public const string Section = "Store";

    private const string Folder = "Folder", S3 = "S3";
    private const long DefaultCacheBytes = 10L << 30;
    private const int MegabytesOfPart = 5;

    /// <param name="files">The folder of files of a data folder.</param>
    /// <param name="cache">The folder of copies, where the settings name no other.</param>
    /// <exception cref="LabelerException">A setting is wrong; names it.</exception>
    public static FileStore Open(IConfiguration configuration, string files, string cache)
    {
        var store = configuration.GetSection(Section);
        return Kind(store) == Folder ? new FolderStore(files) : new S3Store(S3Of(store.GetSection(S3)), new StoreCache(
            Text(store, "Cache:Folder") ?? cache, Number(store, "Cache:Bytes", DefaultCacheBytes, 1 << 20, long.MaxValue)));
    }

    private static string Kind(IConfigurationSection store) => Text(store, "Kind") switch
    {
        null or Folder => Folder,
        S3 => S3,
        var other => throw Wrong(store, "Kind", $"{Folder} or {S3}", other),
    };

    private static S3Options S3Of(IConfigurationSection s3)
    {
        var (key, secret, prefix) = (Text(s3, "AccessKey"), Text(s3, "SecretKey"), Text(s3, "Prefix") ?? "");
        LabelerException.ThrowIf(key is null != secret is null,
            $"{s3.Path}:AccessKey and {s3.Path}:SecretKey are set both or neither.");
        return new()
        {
            Endpoint = Endpoint(s3),
            Region = Text(s3, "Region") ?? "us-east-1",
            Bucket = Text(s3, "Bucket") ?? throw new LabelerException($"{Section}:Kind is {S3}: set {s3.Path}:Bucket, too."),
            Prefix = prefix.Length == 0 || prefix.EndsWith('/') ? prefix : $"{prefix}/",
            AccessKey = key,
            SecretKey = secret,
            PartBytes = (int)Number(s3, "PartMegabytes", 16, MegabytesOfPart, 1024) << 20,
            Patience = TimeSpan.FromSeconds(Number(s3, "RetrySeconds", 60, 0, 3600)),
        };
    }

    private static Uri? Endpoint(IConfigurationSection s3) => Text(s3, "Endpoint") switch
    {
        null => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https")
            && address is { PathAndQuery: "/", UserInfo: "" } => address,
        var text => throw Wrong(s3, "Endpoint", "an address such as https://s3.example.org, without a path", text),
    };

    private static long Number(IConfigurationSection section, string name, long otherwise, long least, long most) =>
        Text(section, name) switch
        {
            null => otherwise,
            var text when long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most => number,
            var text => throw Wrong(
                section, name, most == long.MaxValue ? $"a number from {least}" : $"a number from {least} to {most}", text),
        };

    private static string? Text(IConfigurationSection section, string name) =>
        section[name]?.Trim() is { Length: > 0 } text ? text : null;

    private static LabelerException Wrong(IConfigurationSection section, string name, string right, string text) =>
        new($"{section.Path}:{name} is {right}, not \"{text}\".");
}
