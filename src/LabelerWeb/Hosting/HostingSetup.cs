using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Hosting;

/// <summary>Where the application listens, what it keeps and how it says that it cannot start.</summary>
public static class HostingSetup
{
    /// <summary>The content root is the built application's folder, so that its settings are found from anywhere.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args, RunOptions run)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseStaticWebAssets();
        builder.Configuration["EnableStaticAssetsDevelopmentCaching"] = "true";
        // Else a style sheet that looks changed since the build is sent as it is: MudBlazor's then weighs ten times as much.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = builder.Environment.IsDevelopment() ? "true" : "false";
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Settings(context.Configuration).MaxRequestBytes;
            kestrel.Listen(run.Host, run.Port);
        });
        return builder;
    }

    public static WebApplicationBuilder AddHosting(this WebApplicationBuilder builder, RunOptions run)
    {
        DataFolderCheck.Prepare(run.Data);
        builder.Services.AddLabelerData(builder.Configuration, run.Data);
        builder.Services.AddSingleton(services => FolderUse.Share(services.GetRequiredService<DataFolder>()));
        builder.Services.AddOptions<WebOptions>().BindConfiguration(WebOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        // Of every cookie, also the framework's own. Behind a trusted proxy a request is https where the proxy says so.
        builder.Services.AddOptions<CookiePolicyOptions>().Configure<IOptions<WebOptions>>((cookies, web) =>
            cookies.Secure = web.Value.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest);
        builder.Services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders =
                ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            foreach (var proxy in Settings(builder.Configuration).TrustedProxies)
            {
                Trust(forwarded, proxy);
            }
        });
        return builder;
    }

    /// <summary>Runs until it is asked to stop. A reason not to start that a person can mend becomes one line and exit code 1.</summary>
    public static async Task<int> RunToEnd(RunOptions run, Func<Task> start)
    {
        try
        {
            RequireFree(run.Host, run.Port);
            await start();
            return 0;
        }
        catch (LabelerException e)
        {
            return Say(e.Message);
        }
        catch (OptionsValidationException e)
        {
            return Say($"appsettings.json: {string.Join("; ", e.Failures)}");
        }
    }

    /// <summary>Believes what a proxy forwards.</summary>
    /// <param name="proxy">Its address, or the network that it is in.</param>
    internal static void Trust(ForwardedHeadersOptions forwarded, string proxy)
    {
        if (System.Net.IPNetwork.TryParse(proxy, out var network))
        {
            forwarded.KnownIPNetworks.Add(network);
            return;
        }
        LabelerException.ThrowIf(!IPAddress.TryParse(proxy, out var address),
            $"Web:TrustedProxies holds \"{proxy}\": name an address such as 10.0.0.10, or a network such as 10.244.0.0/16");
        forwarded.KnownProxies.Add(address!);
    }

    // Before anything is started: the server itself would report a taken port with a page of stack trace.
    private static void RequireFree(IPAddress host, int port)
    {
        try
        {
            using var listener = new TcpListener(host, port);
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new LabelerException(e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"port {port} is in use by another program; choose another with --port N (0 chooses a free one)",
                SocketError.AccessDenied => $"this user may not listen on port {port}; choose one above 1023 with --port N",
                _ => $"cannot listen on {host}:{port}: {e.Message}; choose another address with --host or --port",
            }, e);
        }
    }

    /// <summary>Says in one line on standard error why the program ends; returns its exit code.</summary>
    public static int Say(string reason)
    {
        Console.Error.WriteLine($"labeler: {reason}");
        return 1;
    }

    private static WebOptions Settings(IConfiguration configuration) =>
        configuration.GetSection(WebOptions.Section).Get<WebOptions>() ?? new();
}
