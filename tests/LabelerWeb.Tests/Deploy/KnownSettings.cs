using System.Reflection;
using Labeler.Shared;
using Labeler.Shared.Data.Servers;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Storage;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Web.Features.Backups;
using Labeler.Web.Features.Trainer;
using Labeler.Web.Hosting;
using Labeler.Web.Security.OpenId;
using Microsoft.Extensions.Configuration;

namespace Labeler.Web.Tests.Deploy;

/// <summary>The environment variables that the product, or what it stands on, reads.</summary>
internal static class KnownSettings
{
    private static readonly string[] OfPlatform = ["DOTNET_", "ASPNETCORE_", "OTEL_", "AWS_", "LABELER_"], Others = ["HOME"];

    private static readonly Dictionary<string, Type> Sections = new()
    {
        [WebOptions.Section] = typeof(WebOptions),
        [TrainerOptions.Section] = typeof(TrainerOptions),
        [BackupOptions.Section] = typeof(BackupOptions),
        [MailOptions.Section] = typeof(MailOptions),
        [OpenIdOptions.Section] = typeof(OpenIdOptions),
        [ReachOptions.Section] = typeof(ReachOptions),
    };

    private static readonly HashSet<string> Named =
    [
        $"ConnectionStrings:{ServiceRegistration.ConnectionName}", $"{ProtectionKeys.Section}:Certificate", $"{ProtectionKeys.Section}:Password", .. OfStore(),
    ];

    public static bool Knows(string variable)
    {
        var parts = variable.Split("__");
        return parts.Length == 1 ? Others.Contains(variable) || OfPlatform.Any(start => variable.StartsWith(start, StringComparison.Ordinal))
            : Named.Contains(string.Join(':', parts)) || (Sections.TryGetValue(parts[0], out var options) && Has(options, parts[1..]));
    }

    // A property, and where it is a list the number of an entry.
    private static bool Has(Type options, string[] path) =>
        options.GetProperty(path[0], BindingFlags.Public | BindingFlags.Instance) is { } property
        && (path.Length == 1 || (property.PropertyType.IsArray && path.Length == 2 && int.TryParse(path[1], out _)));

    // What is asked for while a store is opened.
    private static IReadOnlyCollection<string> OfStore()
    {
        var folder = Directory.CreateTempSubdirectory("labeler-asked-").FullName;
        try
        {
            var asked = new Asked(new() { ["Store:Kind"] = "S3", ["Store:S3:Bucket"] = "bucket", ["Store:S3:Endpoint"] = "http://127.0.0.1:9" });
            (StoreSettings.Open(new ConfigurationRoot([asked]), folder, folder) as IDisposable)?.Dispose();
            return asked.Keys;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Asked(Dictionary<string, string?> values) : ConfigurationProvider
    {
        public HashSet<string> Keys { get; } = [];

        public override bool TryGet(string key, out string? value)
        {
            Keys.Add(key);
            return values.TryGetValue(key, out value);
        }
    }
}
