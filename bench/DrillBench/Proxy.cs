using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Labeler.Bench.Drill;

/// <summary>A proxy (YARP) before several web servers: a browser stays at one of them, by a cookie, and goes to another while that one is
/// not ready.</summary>
public static class Proxy
{
    private const string All = "all";

    /// <summary>Starts it on a free port.</summary>
    public static async Task<WebApplication> Start(IReadOnlyList<string> servers, CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = All, ClusterId = All, Match = new() { Path = "{**path}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = All,
                    Destinations = servers.Select((address, n) => ($"web-{n}", new DestinationConfig { Address = address })).ToDictionary(),
                    SessionAffinity = new()
                    {
                        Enabled = true,
                        Policy = "HashCookie",
                        FailurePolicy = "Redistribute",
                        AffinityKeyName = "server",
                    },
                    HealthCheck = new()
                    {
                        Active = new()
                        {
                            Enabled = true,
                            Interval = TimeSpan.FromSeconds(1),
                            Timeout = TimeSpan.FromSeconds(5),
                            Policy = "ConsecutiveFailures",
                            Path = "/health/ready",
                        },
                    },
                    Metadata = new Dictionary<string, string> { ["ConsecutiveFailuresHealthPolicy.Threshold"] = "1" },
                },
            ]);
        var proxy = builder.Build();
        proxy.MapReverseProxy();
        await proxy.StartAsync(stop);
        return proxy;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
