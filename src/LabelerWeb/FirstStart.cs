using Labeler.Shared.Data.Servers;
using Labeler.Web.Features.Projects;
using Labeler.Web.Hosting;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Labeler.Web;

/// <summary>What happens between building the application and serving the first page.</summary>
public static class FirstStart
{
    private const int Busy = 5;
    private const int Locked = 6;

    // Older than any upload takes.
    private static readonly TimeSpan HalfReceived = TimeSpan.FromDays(1);

    /// <summary>Brings the database up to date, and prints the address, or while there is no account the link to make one.</summary>
    public static async Task Prepare(this WebApplication app)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var (database, backups) = app.Services.GetRequiredService<DataFolder>() is var data ? (data.Database, data.Backups) : default;
        app.Services.GetRequiredService<FolderUse>();
        string? token;
        try
        {
            await app.Services.GetRequiredService<FileStore>().Check();
            // Of several servers that start at once, one after the other.
            await app.Services.GetRequiredService<Migrator>().Apply(() => Begin(app.Services, time));
            await app.Services.GetRequiredService<FileStore>().DropIncoming(HalfReceived, time.GetUtcNow());
            await using var db = await app.Services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
            token = await Invitation.WriteForFirstAdmin(db, time.GetUtcNow());
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Busy or Locked)
        {
            throw new LabelerException($"another program holds the database {database}; close it and start again", e);
        }
        catch (SqliteException e)
        {
            throw new LabelerException(
                $"cannot use the database {database} ({e.Message}); restore one of {backups}: ./labeler restore NAME --data DIR", e);
        }
        catch (Exception e) when (StorageTrouble.Away(e) is { } away)
        {
            throw new LabelerException(away, e);
        }
        app.Lifetime.ApplicationStarted.Register(() => SayWhereToGo(app, token));
    }

    private static async Task Begin(IServiceProvider services, TimeProvider time)
    {
        await services.GetRequiredService<Installation>().Require();
        ProtectionKeys.MakeFirst(services.GetRequiredService<IKeyManager>(), time);
        if (services.GetRequiredService<IOptions<WebOptions>>().Value.DemoProjects)
        {
            await services.GetRequiredService<DemoProjects>().Seed();
        }
    }

    private static void SayWhereToGo(WebApplication app, string? token)
    {
        if (app.Urls.FirstOrDefault() is not { } listening)
        {
            return;
        }
        var address = app.Services.GetRequiredService<IOptions<WebOptions>>().Value.PublicAddress?.TrimEnd('/') ?? listening;
        Console.WriteLine($"Labeler is listening on {listening}");
        if (token is not null)
        {
            Console.WriteLine($"No account yet. Make the first admin with this link, once: {address}/invitation/{token}");
        }
        else if (address != listening)
        {
            Console.WriteLine($"Open {address}");
        }
    }
}
