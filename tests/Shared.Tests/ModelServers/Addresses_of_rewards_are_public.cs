using System.Net;
using System.Text.Json.Nodes;
using Labeler.Shared.ModelServers;

namespace Labeler.Shared.Tests.ModelServers;

public sealed class Addresses_of_rewards_are_public
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::7f00:1")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("ff02::1")]
    public void An_address_that_means_another_host_to_everybody_is_private(string address) => Assert.True(PrivateAddress.Includes(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::808:808")]
    public void An_address_that_is_reachable_from_anywhere_is_not(string address) => Assert.False(PrivateAddress.Includes(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://localhost:1/")]
    [InlineData("http://[::1]:1/")]
    [InlineData("http://2130706433:1/")]
    [InlineData("http://0x7f.1:1/")]
    public async Task A_private_address_is_refused_however_it_is_written_and_no_request_to_it_is_made_again(string address)
    {
        using var http = new ReachOptions().Client();
        var server = new ModelServer(http, new Uri(address), null, TimeSpan.FromSeconds(10), 1000, TimeProvider.System);

        var refused = Assert.IsType<ServerFailure>(await server.Ask(new JsonObject()));

        Assert.Equal(FailureReach.EveryRequest, refused.Reach);
        Assert.Contains("is an address of this machine or of a private network; if it is meant, set Rewards:AllowPrivateAddresses", refused.Reason, StringComparison.Ordinal);
    }
}
