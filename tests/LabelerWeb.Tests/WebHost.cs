using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests;

/// <summary>The application in this process, on an empty data folder with a real database that goes with it.</summary>
public sealed class WebHost : WebApplicationFactory<Program>
{
    private string? _data;
    private bool _onKestrel;

    /// <summary>Does it listen on a port, for what only a real server refuses, such as a header that is no ASCII?</summary>
    public bool OnKestrel
    {
        get => _onKestrel;
        init
        {
            _onKestrel = value;
            if (value)
            {
                UseKestrel(0);
            }
        }
    }

    /// <summary>Its data folder: one that is there, or a new one.</summary>
    public string Data { get => _data ??= NewFolder(); init => _data = value; }

    /// <summary>Of its configuration, beside those of every test.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; init; } = [];

    private IEnumerable<(string Name, string Value)> Connections => Settings.Where(setting => setting.Name.StartsWith("ConnectionStrings:", StringComparison.Ordinal));

    /// <summary>Services in the place of the application's own.</summary>
    public Action<IServiceCollection> Configure { get; init; } = _ => { };

    /// <summary>The clock of the application; null for the system's.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>A flag project in its data folder with an epoch to be judged.</summary>
    public Task<SeededProject> Seed(string name, int groups, ProjectSettings? settings = null) => SeededProject.Create(Data, name, LabelingTask.FlagBatch, groups, settings);

    /// <summary>Does something with services as one request would.</summary>
    public async Task<T> With<TService, T>(Func<TService, Task<T>> use) where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>A browser without a mind of its own: it keeps cookies and does not follow redirects.</summary>
    public HttpClient Browser()
    {
        // The address of a real server is known once it is started.
        _ = Services;
        return _onKestrel
            ? new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = ClientOptions.BaseAddress }
            : CreateClient(new() { AllowAutoRedirect = false, HandleCookies = true });
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("data", Data);
        builder.UseSetting("port", "0");
        // Read while the application is composed, so that it cannot come later.
        foreach (var (name, value) in Connections)
        {
            builder.UseSetting(name, value);
        }
        // Real hashing, but not its deliberate slowness: tests sign in hundreds of times.
        builder.ConfigureTestServices(services =>
        {
            services.Configure<PasswordHasherOptions>(o => o.IterationCount = 100);
            if (Clock is not null)
            {
                services.AddSingleton(Clock);
            }
            Configure(services);
        });
        builder.ConfigureAppConfiguration((_, settings) => settings.AddInMemoryCollection([new("Web:SignInsPerMinute", "10000"), new("Web:DemoProjects", "false"), new("Trainer:Start", "false")])
            .AddInMemoryCollection(Settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))));
    }

    private string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("labeler-").FullName;
        if (!Connections.Any())
        {
            MigratedDatabase.PutInto(folder);
        }
        return folder;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }
}
