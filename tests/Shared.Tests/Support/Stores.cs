using System.Reflection;
using Amazon.S3.Model;
using Labeler.Shared.Storage;
using Labeler.Shared.Storage.Caching;
using Labeler.Shared.Storage.S3;
using Labeler.Tests.Support.S3;
using Xunit.Sdk;

namespace Labeler.Shared.Tests.Support;

/// <summary>The kinds of store that tests run on.</summary>
public sealed class Stores : IDisposable
{
    public const string Collection = "stores";
    public const string Folder = "a folder";
    public const string Bucket = "a bucket";

    private readonly Lazy<S3Server> _server = new(() => new S3Server());

    public S3Server Server => _server.Value;

    /// <summary>An empty store.</summary>
    public async Task<OpenStore> Open(string kind) => kind == Folder ? new OpenFolder() : await OpenBucket.Open(Server);

    public void Dispose()
    {
        if (_server.IsValueCreated)
        {
            _server.Value.Dispose();
        }
    }
}

[CollectionDefinition(Stores.Collection)]
public sealed class StoresCollection : ICollectionFixture<Stores>;

/// <summary>Runs a theory on a folder, and on a bucket where an S3 server is installed.</summary>
/// <param name="with">A second argument, each of these in turn; none where the theory takes the kind alone.</param>
public sealed class OnEachStoreAttribute(params object[] with) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from kind in !S3Server.IsThere ? new[] { Stores.Folder } : [Stores.Folder, Stores.Bucket]
        from arguments in with.Length == 0 ? [[kind]] : with.Select(second => new[] { kind, second })
        select arguments;
}

/// <summary>A store of one kind, and what a test does to it behind its back.</summary>
public abstract class OpenStore : IAsyncDisposable
{
    public abstract FileStore Store { get; }

    /// <summary>The same store as another process has it.</summary>
    public abstract FileStore Again();

    public abstract Task Damage(string hash, byte[] content);

    /// <summary>Leaves something half-received, as a process that died.</summary>
    public abstract Task LeaveHalf();

    /// <summary>Whatever is kept beside the files.</summary>
    public abstract Task<int> Beside();

    public async Task<List<string>> Hashes() => await Store.All().Select(file => file.Hash).Order().ToListAsync();

    public abstract ValueTask DisposeAsync();
}

internal sealed class OpenFolder : OpenStore
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-store-").FullName;

    public OpenFolder() => Store = Again();

    public override FileStore Store { get; }

    public override FileStore Again() => new FolderStore(_folder);

    public override Task Damage(string hash, byte[] content) => File.WriteAllBytesAsync(Store.PathOf(hash), content);

    public override Task LeaveHalf() => File.WriteAllTextAsync(Path.Combine(_folder, "incoming", "left"), "half");

    public override Task<int> Beside() => Task.FromResult(Directory.GetFiles(Path.Combine(_folder, "incoming")).Length);

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

internal sealed class OpenBucket : OpenStore
{
    private const string Prefix = "site/";

    private readonly S3Server _server;
    private readonly List<S3Store> _all = [];

    private OpenBucket(S3Server server, string bucket, Uri address)
    {
        (_server, Options) = (server, new()
        {
            Endpoint = address,
            Bucket = bucket,
            Prefix = Prefix,
            AccessKey = S3Server.Key,
            SecretKey = S3Server.Secret,
            PartBytes = 5 << 20,
            Patience = TimeSpan.FromSeconds(30),
        });
        Store = Again();
    }

    public S3Options Options { get; }

    /// <summary>The folder of copies.</summary>
    public string Copies { get; } = Directory.CreateTempSubdirectory("labeler-copies-").FullName;

    public override FileStore Store { get; }

    /// <param name="address">Of what stands before the server.</param>
    public static async Task<OpenBucket> Open(S3Server server, Uri? address = null) =>
        new(server, await server.NewBucket(), address ?? server.Address);

    public override FileStore Again() => With(Options);

    public FileStore With(S3Options options, long most = 1 << 30)
    {
        var store = new S3Store(options, new StoreCache(Copies, most));
        _all.Add(store);
        return store;
    }

    /// <summary>As on a machine that has no copy yet.</summary>
    public void ForgetCopies()
    {
        foreach (var folder in Directory.GetDirectories(Copies, "??"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public override async Task Damage(string hash, byte[] content)
    {
        ForgetCopies();
        await _server.Client.PutObjectAsync(new() { BucketName = Options.Bucket, Key = KeyOf(hash), InputStream = new MemoryStream(content), UseChunkEncoding = false });
    }

    public override async Task LeaveHalf()
    {
        await File.WriteAllTextAsync(Path.Combine(Copies, "incoming", "left"), "half");
        if (_server.KnowsUploads)
        {
            await _server.Client.InitiateMultipartUploadAsync(Options.Bucket, KeyOf(new string('0', 64)));
        }
    }

    public override async Task<int> Beside() => Directory.GetFiles(Path.Combine(Copies, "incoming")).Length
        + (_server.KnowsUploads ? (await _server.Client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Options.Bucket })).MultipartUploads?.Count ?? 0 : 0)
        + ((await _server.Client.ListObjectsV2Async(new() { BucketName = Options.Bucket, Prefix = $"{Prefix}removing/" })).S3Objects?.Count ?? 0);

    public override ValueTask DisposeAsync()
    {
        _all.ForEach(store => store.Dispose());
        Directory.Delete(Copies, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string KeyOf(string hash) => $"{Prefix}files/{hash[..2]}/{hash[2..4]}/{hash}";
}
