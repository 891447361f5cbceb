using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Labeler.Shared.Storage;
using Labeler.Shared.Tests.Support;
using Labeler.Tests.Support.S3;
using Microsoft.Extensions.Configuration;

namespace Labeler.Shared.Tests.Storage;

[Collection(Stores.Collection)]
public sealed class Wrong_settings_of_the_store_are_one_clear_line(Stores stores) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-settings-").FullName;

    [Theory]
    [InlineData("Store:Kind", "Bucket", "Store:Kind is Folder or S3, not \"Bucket\".")]
    [InlineData("Store:S3:Endpoint", "s3.example.org", "Store:S3:Endpoint is an address such as https://s3.example.org, without a path, not \"s3.example.org\".")]
    [InlineData("Store:S3:Endpoint", "https://s3.example.org/bucket", "Store:S3:Endpoint is an address such as https://s3.example.org, without a path, not \"https://s3.example.org/bucket\".")]
    [InlineData("Store:S3:Bucket", " ", "Store:Kind is S3: set Store:S3:Bucket, too.")]
    [InlineData("Store:S3:SecretKey", "", "Store:S3:AccessKey and Store:S3:SecretKey are set both or neither.")]
    [InlineData("Store:S3:PartMegabytes", "4", "Store:S3:PartMegabytes is a number from 5 to 1024, not \"4\".")]
    [InlineData("Store:S3:RetrySeconds", "soon", "Store:S3:RetrySeconds is a number from 0 to 3600, not \"soon\".")]
    [InlineData("Store:Cache:Bytes", "1000", "Store:Cache:Bytes is a number from 1048576, not \"1000\".")]
    public void What_cannot_be_is_said_before_anything_is_asked(string name, string value, string line)
    {
        var settings = Right("labeler");
        settings[name] = value;
        Assert.Equal(line, Assert.Throws<LabelerException>(() => Open(settings)).Message);
    }

    [Fact]
    public async Task Without_settings_files_are_kept_in_the_folder()
    {
        var store = Open([]);
        Assert.StartsWith(Path.Combine(_folder, "files"), store.PathOf(await store.Put("abc"u8.ToArray())), StringComparison.Ordinal);
    }

    [BucketFact]
    public async Task A_bucket_takes_what_is_put_in_below_its_prefix_and_copies_lie_where_the_settings_say()
    {
        var settings = stores.Server.Settings(await stores.Server.NewBucket());
        (settings["Store:S3:Prefix"], settings["Store:Cache:Folder"]) = ("labeler", Path.Combine(_folder, "copies"));
        var store = Open(settings);
        await store.Check();
        await store.Probe();
        var hash = await store.Put("abc"u8.ToArray());
        Assert.Equal($"s3://{settings["Store:S3:Bucket"]}/labeler/files/ba/78/{hash}", store.PathOf(hash));
        Assert.Equal(Path.Combine(_folder, "copies", "ba", hash), store.Verified(hash));
        ((IDisposable)store).Dispose();
    }

    [BucketFact]
    public async Task No_such_bucket() => Assert.Equal($"The store {Address} has no bucket \"absent\": make it, or mend Store:S3:Bucket.", await Said(stores.Server.Settings("absent")));

    [BucketFact]
    public async Task A_key_that_the_server_does_not_know()
    {
        var settings = stores.Server.Settings(await stores.Server.NewBucket());
        settings["Store:S3:AccessKey"] = "stranger";
        Assert.Equal($"The store {Address} does not know the access key: mend Store:S3:AccessKey.", await Said(settings));
    }

    // s3rver checks no signatures, so these answers are given in its place.
    [Theory]
    [InlineData("SignatureDoesNotMatch", "says that the secret key is wrong: mend Store:S3:SecretKey.")]
    [InlineData("RequestTimeTooSkewed", "says that this machine's clock is wrong: set it by a time server.")]
    [InlineData("AccessDenied", "refuses the key for the bucket \"labeler\" (AccessDenied): let it list, read, write and delete there, or set another.")]
    public async Task A_wrong_secret_or_clock_or_a_key_that_may_not(string code, string line)
    {
        await using var server = new FaultyLine(new("http://127.0.0.1:1"));
        server.BeBusy(int.MaxValue, "403 Forbidden", code);
        var settings = Right("labeler");
        settings["Store:S3:Endpoint"] = server.Address.ToString();
        Assert.Equal($"The store {server.Address.ToString().TrimEnd('/')} {line}", await Said(settings));
    }

    [Fact]
    public async Task No_server()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp); // bound, and nobody listens
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndPoint!).Port}";
        var settings = Right("labeler");
        settings["Store:S3:Endpoint"] = address;
        Assert.Equal($"The store {address} is not there (Connection refused): start it, or check Store:S3:Endpoint.", await Said(settings));
    }

    [Fact]
    public async Task No_machine_of_that_name()
    {
        var settings = Right("labeler");
        settings["Store:S3:Endpoint"] = "http://absent.invalid:9000";
        Assert.StartsWith("The store http://absent.invalid:9000 is not there", await Said(settings), StringComparison.Ordinal);
    }

    [BucketFact]
    public async Task A_certificate_that_has_expired() => Assert.Matches(
        @"^The store https://127\.0\.0\.1:\d+ shows a certificate that has expired or is not valid yet: renew it, or set this machine's clock\.$", await SaidOfCertificate(TimeSpan.FromDays(-1)));

    [BucketFact]
    public async Task A_certificate_that_nobody_vouches_for() => Assert.Matches(
        @"^The store https://127\.0\.0\.1:\d+ shows a certificate that this machine does not trust \(.*UntrustedRoot.*\): add the authority that signed it to those of the system\.$", await SaidOfCertificate(TimeSpan.FromDays(1)));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Address => stores.Server.Address.ToString().TrimEnd('/');

    private static Dictionary<string, string?> Right(string bucket) => new()
    {
        ["Store:Kind"] = "S3",
        ["Store:S3:Endpoint"] = "http://127.0.0.1:9000",
        ["Store:S3:Bucket"] = bucket,
        ["Store:S3:AccessKey"] = S3Server.Key,
        ["Store:S3:SecretKey"] = S3Server.Secret,
        ["Store:S3:RetrySeconds"] = "0",
    };

    private FileStore Open(Dictionary<string, string?> settings) =>
        StoreSettings.Open(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), Path.Combine(_folder, "files"), Path.Combine(_folder, "cache"));

    private async Task<string> Said(Dictionary<string, string?> settings)
    {
        settings["Store:S3:RetrySeconds"] = "0";
        var store = Open(settings);
        var error = await Assert.ThrowsAsync<StorageException>(() => store.Check());
        ((IDisposable)store).Dispose();
        return error.Message;
    }

    /// <param name="ends">When it ends, from now.</param>
    private async Task<string> SaidOfCertificate(TimeSpan ends)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow + ends);
        var (keyFile, file) = (Path.Combine(_folder, "key.pem"), Path.Combine(_folder, "certificate.pem"));
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
        using var server = new S3Server("--key", keyFile, "--cert", file);
        return await Said(server.Settings("labeler"));
    }
}
