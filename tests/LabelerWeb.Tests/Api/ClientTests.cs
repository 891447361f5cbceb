using System.Text.Json;
using Labeler.Shared.Accounts;
using Labeler.Tests.Support;

namespace Labeler.Web.Tests.Api;

/// <summary>The client, which is made from the description that lies in the repository.</summary>
public sealed class ClientTests(WebHost host) : IClassFixture<WebHost>
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>After a change of the interface: once with <c>LABELER_WRITE_CLIENT=1</c>.</summary>
    [Fact]
    public async Task It_is_made_from_the_interface_as_it_is()
    {
        await host.Make("Describes", Role.Annotator);
        using var program = await host.Program("Describes", TokenScope.Read);
        var served = await program.Json("/api/v1/openapi.json");
        served.Remove("servers");
        var now = served.ToJsonString(Readable) + "\n";
        var file = Repository.At("src", "Client", "openapi.json");
        if (Environment.GetEnvironmentVariable("LABELER_WRITE_CLIENT") == "1")
        {
            await File.WriteAllTextAsync(file, now);
        }
        Assert.True(await File.ReadAllTextAsync(file) == now, "src/Client/openapi.json is not what is served: run this test with LABELER_WRITE_CLIENT=1 and build.");
    }
}
