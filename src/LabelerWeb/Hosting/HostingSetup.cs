using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;

namespace Labeler.Web.Hosting;

/// <summary>Where the application listens, what it keeps and how it says that it cannot start.</summary>
public static class HostingSetup
{
    /// <summary>A builder whose content root is the built application's folder, so that its settings are found from any working directory.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args, RunOptions run)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Settings(context.Configuration).MaxRequestBytes;
            kestrel.Listen(run.Host, run.Port);
        });
        return builder;
    }

    public static WebApplicationBuilder AddHosting(this WebApplicationBuilder builder, DataFolder data)
    {
        builder.Services.AddOptions<WebOptions>().BindConfiguration(WebOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(data);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddDataProtection().SetApplicationName("Labeler").PersistKeysToFileSystem(data.Keys);
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            foreach (var proxy in Settings(builder.Configuration).TrustedProxies)
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        });
        return builder;
    }

    /// <summary>Runs until it is asked to stop; a reason that a person can mend becomes one line and exit code 1.</summary>
    public static async Task<int> RunToEnd(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (StartupException e)
        {
            return Say(e.Message);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            return Say("the port is in use by another program; choose another with --port N (0 chooses a free one)");
        }
        catch (Microsoft.Extensions.Options.OptionsValidationException e)
        {
            return Say($"appsettings.json: {string.Join("; ", e.Failures)}");
        }
    }

    private static int Say(string reason)
    {
        Console.Error.WriteLine($"labeler: {reason}");
        return 1;
    }

    private static WebOptions Settings(IConfiguration configuration) => configuration.GetSection(WebOptions.Section).Get<WebOptions>() ?? new();
}
