using System.Diagnostics;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.S3;

namespace Labeler.Tests.Support.S3;

/// <summary>
/// An S3 server of its own (s3rver) in a temporary folder. It ends, and its folder goes, when this process ends, by whatever cause. Where
/// the environment variable LABELER_TEST_S3 has the address of another that knows the same key, that one is asked.
/// </summary>
public sealed partial class S3Server : IDisposable
{
    /// <summary>The one account that it knows.</summary>
    public const string Key = "S3RVER", Secret = "S3RVER";

    // Standard input ends with the process that holds its other end. Ctrl+C reaches this shell too, and is not for it. To say that a list
    // goes on, s3rver encrypts by what OpenSSL 3 calls legacy.
    private const string UntilInputEnds = """
        trap '' INT
        node --openssl-legacy-provider "$1" -d "$2" -a 127.0.0.1 -p 0 --no-vhost-buckets "$@" </dev/null 2>&1 & server=$!
        cat >/dev/null 2>&1
        kill -KILL $server
        wait $server
        rm -rf "$2"
        """;

    private static readonly string? Other = Environment.GetEnvironmentVariable("LABELER_TEST_S3");
    private static readonly string Start = Guid.NewGuid().ToString("N")[..8];

    private readonly Process? _process;
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-s3-").FullName;
    private int _buckets;

    public S3Server(params string[] options)
    {
        (_process, Address) = Other is not null && options.Length == 0 ? (null, new Uri(Other)) : Run(options);
        Client = new(new BasicAWSCredentials(Key, Secret), new AmazonS3Config
        {
            ServiceURL = Address.ToString(),
            ForcePathStyle = true,
            UseHttp = true,
            AuthenticationRegion = "us-east-1",
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        });
    }

    private (Process, Uri) Run(string[] options)
    {
        var process = Process.Start(new ProcessStartInfo("sh", ["-c", UntilInputEnds.Replace("\"$@\"", string.Join(' ', options), StringComparison.Ordinal), "sh", Program!, _folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        })!;
        Match at;
        do
        {
            at = Listening().Match(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The S3 server did not start."));
        }
        while (!at.Success);
        // What it says from now on is not kept.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return (process, new($"{(options.Length > 0 ? "https" : "http")}://127.0.0.1:{at.Groups[1].Value}"));
    }

    /// <summary>Can it be asked for the uploads in parts that are under way, and be told to drop one? s3rver cannot.</summary>
    public bool KnowsUploads => _process is null;

    /// <summary>Is there a server?</summary>
    public static bool IsThere => (Other ?? Program) is not null;

    /// <summary>The server's program; null where <c>./labeler test</c> has not installed it.</summary>
    public static string? Program { get; } = Ancestors(AppContext.BaseDirectory)
        .Select(folder => Path.Combine(folder, "artifacts", "s3", "node_modules", "s3rver", "bin", "s3rver.js")).FirstOrDefault(File.Exists);

    public Uri Address { get; }

    /// <summary>Another program at the same server.</summary>
    public AmazonS3Client Client { get; }

    public async Task<string> NewBucket()
    {
        var name = $"labeler-{Start}-{Interlocked.Increment(ref _buckets)}";
        await Client.PutBucketAsync(name);
        return name;
    }

    /// <summary>The settings of a store in a bucket.</summary>
    /// <param name="address">Of what stands before the server.</param>
    public Dictionary<string, string?> Settings(string bucket, Uri? address = null) => new()
    {
        ["Store:Kind"] = "S3",
        ["Store:S3:Endpoint"] = (address ?? Address).ToString(),
        ["Store:S3:Bucket"] = bucket,
        ["Store:S3:AccessKey"] = Key,
        ["Store:S3:SecretKey"] = Secret,
    };

    public void Dispose()
    {
        Client.Dispose();
        _process?.StandardInput.Close();
        _process?.WaitForExit();
        _process?.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static IEnumerable<string> Ancestors(string folder)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            yield return at;
        }
    }

    [GeneratedRegex(@"listening on \S+?:(\d+)", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Listening();
}
