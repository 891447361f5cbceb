using System.Net;
using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Web.Hosting;
using Labeler.Web.Maintenance;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Tests.Deploy;

public sealed class UpgradeTests
{
    [Fact]
    public async Task Upgrading_brings_the_database_up_to_the_program_and_ends_and_says_its_version()
    {
        var folder = Directory.CreateTempSubdirectory("labeler-upgraded-").FullName;
        await using (var services = new ServiceCollection().AddLabelerData(new ConfigurationBuilder().Build(), folder).BuildServiceProvider())
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
            foreach (var _ in new[] { "first", "again" })
            {
                using var said = new StringWriter();
                Assert.True(await MaintenanceCommands.Upgrade(services, said, default));
                Assert.Equal($"The database has version {db.Database.GetMigrations().Last()}.", said.ToString().Trim());
            }
            Assert.Empty(await db.Database.GetPendingMigrationsAsync());
            Assert.False(await db.Users.AnyAsync());
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_proxy_is_trusted_by_its_address_or_its_network_and_what_is_neither_is_named()
    {
        await using var host = new WebHost { Settings = [("Web:TrustedProxies:0", "10.0.0.10"), ("Web:TrustedProxies:1", "10.244.0.0/16")] };
        var trusted = host.Services.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value;
        Assert.Contains(IPAddress.Parse("10.0.0.10"), trusted.KnownProxies);
        Assert.Contains(System.Net.IPNetwork.Parse("10.244.0.0/16"), trusted.KnownIPNetworks);
        Assert.StartsWith("Web:TrustedProxies holds \"proxy\": name an address", Assert.Throws<LabelerException>(() => HostingSetup.Trust(new(), "proxy")).Message);
    }
}
