using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Labeler.Shared.Data;
using Labeler.Shared.Data.Copying;
using Labeler.Shared.Data.Servers;
using Labeler.Shared.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class Keys_are_in_the_database(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task What_one_process_protects_another_reads_and_no_key_lies_in_a_file(string database)
    {
        await using var world = await databases.World(database);
        var secret = Protector(world).Protect("a secret");
        await using var other = world.AnotherProcess();
        Assert.Equal("a secret", other.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Unprotect(secret));
        Assert.Empty(Directory.EnumerateFiles(world.Get<DataFolder>().Keys));
        await using var db = world.Open();
        Assert.NotEmpty(await db.DataProtectionKeys.ToListAsync());
    }

    [Theory, OnEachDatabase]
    public async Task The_key_files_of_an_earlier_version_are_taken_over_once_and_stay(string database)
    {
        await using var world = await databases.World(database);
        var folder = world.Get<DataFolder>().Keys;
        var secret = Earlier(folder).Protect("of an earlier version");
        await File.WriteAllTextAsync(Path.Combine(folder, "key-damaged.xml"), "<key");
        var files = Directory.EnumerateFiles(folder).Order().ToList();
        Assert.Equal(2, files.Count);

        await world.Get<Migrator>().Apply();
        await world.Get<Migrator>().Apply();

        await using var db = world.Open();
        Assert.Single(await db.DataProtectionKeys.ToListAsync());
        Assert.Equal("of an earlier version", Protector(world).Unprotect(secret));
        Assert.Equal(files, Directory.EnumerateFiles(folder).Order());
    }

    [Theory, OnEachDatabase]
    public async Task The_first_key_is_made_once(string database)
    {
        await using var world = await databases.World(database);
        await using var other = world.AnotherProcess();
        var migrators = new[] { world.Get<Migrator>(), other.GetRequiredService<Migrator>() };
        var managers = new[] { world.Get<IKeyManager>(), other.GetRequiredService<IKeyManager>() };
        await Task.WhenAll(migrators.Zip(managers, (migrator, keys) => Task.Run(() => migrator.Apply(() =>
        {
            ProtectionKeys.MakeFirst(keys, TimeProvider.System);
            return Task.CompletedTask;
        }))));
        await using var db = world.Open();
        Assert.Single(await db.DataProtectionKeys.ToListAsync());
    }

    [PostgreSqlFact]
    public async Task Keys_move_to_a_server_with_the_rows_and_further_ones_are_made_there()
    {
        await using var from = await databases.World(Databases.Sqlite);
        await using var to = await databases.World(Databases.PostgreSql);
        var secret = Protector(from).Protect("moved");
        ProtectionKeys.MakeFirst(to.Get<IKeyManager>(), TimeProvider.System);
        await using (var source = from.Open())
        await using (var target = to.Open())
        {
            await DatabaseCopy.Run(source, target, _ => { });
        }
        await using var moved = to.AnotherProcess();
        Assert.Equal("moved", moved.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Unprotect(secret));
        moved.GetRequiredService<IKeyManager>().CreateNewKey(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(90));
        await using var db = to.Open();
        Assert.Equal(2, await db.DataProtectionKeys.CountAsync());
    }

    [Fact]
    public async Task With_a_certificate_a_copy_of_the_database_alone_reads_no_secret()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var path = Path.Combine(world.Folder, "keys.pfx");
        await File.WriteAllBytesAsync(path, Certificate());
        await using var with = Configured(world, path, "open sesame");
        var secret = with.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Protect("sealed");
        await using (var db = world.Open())
        {
            Assert.Contains("EncryptedData", (await db.DataProtectionKeys.SingleAsync()).Xml);
        }
        await using var again = Configured(world, path, "open sesame");
        Assert.Equal("sealed", again.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Unprotect(secret));
        Assert.Throws<CryptographicException>(() => Protector(world).Unprotect(secret));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_is_said_in_one_line()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var path = Path.Combine(world.Folder, "keys.pfx");
        Assert.StartsWith($"Keys:Certificate: {path} cannot be read (", Assert.Throws<LabelerException>(() => Configured(world, path, "")).Message);
        await File.WriteAllBytesAsync(path, Certificate());
        Assert.Contains("its password with Keys:Password", Assert.Throws<LabelerException>(() => Configured(world, path, "wrong")).Message);
    }

    private static IDataProtector Protector(World world) => world.Get<IDataProtectionProvider>().CreateProtector("test");

    private static IDataProtector Earlier(string folder) => new ServiceCollection().AddLogging().AddDataProtection().SetApplicationName("Labeler")
        .PersistKeysToFileSystem(new(folder)).Services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private static ServiceProvider Configured(World world, string certificate, string password) => new ServiceCollection()
        .AddLabelerData(new ConfigurationBuilder().AddInMemoryCollection([new("Keys:Certificate", certificate), new("Keys:Password", password)]).Build(), world.Folder)
        .BuildServiceProvider();

    private static byte[] Certificate()
    {
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return made.Export(X509ContentType.Pkcs12, "open sesame");
    }
}
