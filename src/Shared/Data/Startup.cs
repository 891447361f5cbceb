using Labeler.Shared.Comparisons;
using Labeler.Shared.Data.Sqlite;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Files;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Rewards;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Labeler.Shared.Data;

/// <summary>Registers the database and the file store.</summary>
public static class Startup
{
    /// <summary>The setting that chooses PostgreSQL; without it the database is a SQLite file in the data folder.</summary>
    public const string ConnectionName = "Labeler";

    /// <summary>Call <see cref="Migrator.Apply"/> before the first use.</summary>
    public static IServiceCollection AddLabelerData(this IServiceCollection services, IConfiguration configuration, string dataFolder)
    {
        var folder = new DataFolder(dataFolder);
        var postgreSql = configuration.GetConnectionString(ConnectionName);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(folder);
        services.AddSingleton(new FileStore(folder.Files));
        services.AddPooledDbContextFactory<LabelerDb>(options => Configure(options, folder, postgreSql));
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContext());
        services.AddSingleton<Migrator>();
        services.AddSingleton<ItemQueue>();
        services.AddSingleton<BallotBox>();
        services.AddSingleton<Review>();
        services.AddSingleton<JobQueue>();
        services.AddSingleton<EpochCycle>();
        services.AddSingleton<Autopilot>();
        services.AddSingleton<Evaluating>();
        services.AddSingleton<RunFiles>();
        services.AddSingleton<FineTuning>();
        services.AddSingleton<RewardLearning>();
        services.AddSingleton<RewardMeasuring>();
        return services;
    }

    /// <param name="postgreSql">A connection string; null for SQLite in the folder.</param>
    public static DbContextOptionsBuilder Configure(DbContextOptionsBuilder options, DataFolder folder, string? postgreSql)
    {
        if (!string.IsNullOrWhiteSpace(postgreSql))
        {
            return options.UseNpgsql(postgreSql);
        }
        return options.UseSqlite($"Data Source={folder.Database};Foreign Keys=True;Default Timeout=10").AddInterceptors(new SqlitePragmas());
    }
}
