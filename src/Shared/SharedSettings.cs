using Labeler.Shared.Data.Servers;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Storage;
using Microsoft.Extensions.Configuration;

namespace Labeler.Shared;

/// <summary>The settings that all programs of an installation read from the same places: the web application, trainer workers and what an
/// administrator does by the command line.</summary>
public static class SharedSettings
{
    /// <summary>The sections that they must agree about. The web application hands them on to the workers that it starts, wherever it has
    /// them from.</summary>
    public static readonly string[] Sections = ["ConnectionStrings", StoreSettings.Section, ReachOptions.Section, ProtectionKeys.Section];

    /// <summary>appsettings.json beside the program, then the one of the environment that DOTNET_ENVIRONMENT names (Production without),
    /// then environment variables such as Store__Kind, as the web application reads them.</summary>
    /// <exception cref="LabelerException">A file is no JSON.</exception>
    public static IConfigurationRoot Read()
    {
        var environment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? "Production";
        try
        {
            return new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory)
                .AddJsonFile("appsettings.json", optional: true).AddJsonFile($"appsettings.{environment}.json", optional: true)
                .AddEnvironmentVariables().Build();
        }
        catch (InvalidDataException error)
        {
            throw new LabelerException($"{error.Message.TrimEnd('.')}: {error.InnerException?.Message ?? "mend it"}", error);
        }
    }

    /// <summary>The set values of <see cref="Sections"/>, by their names as environment variables.</summary>
    public static IEnumerable<(string Name, string Value)> ForWorkers(IConfiguration configuration) =>
        from section in Sections
        from setting in configuration.GetSection(section).AsEnumerable()
        where !string.IsNullOrWhiteSpace(setting.Value)
        select (setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value);
}
