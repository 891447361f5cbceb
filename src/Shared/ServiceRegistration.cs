using Labeler.Shared.Automation;
using Labeler.Shared.Comparisons;
using Labeler.Shared.Data.Backups;
using Labeler.Shared.Data.PostgreSql;
using Labeler.Shared.Data.Servers;
using Labeler.Shared.Data.Sqlite;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Members.Teams;
using Labeler.Shared.Photos;
using Labeler.Shared.Retention;
using Labeler.Shared.RewardRuns;
using Labeler.Shared.Rewards;
using Labeler.Shared.Scoring;
using Labeler.Shared.Statistics;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Labeler.Shared.Webhooks.Sending;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Labeler.Shared;

/// <summary>What the web application and the trainer worker have in common: the database, the file store and the domain's
/// workflows.</summary>
public static class ServiceRegistration
{
    /// <summary>The setting that chooses PostgreSQL; without it the database is a SQLite file in the data folder.</summary>
    public const string ConnectionName = "Labeler";

    /// <summary>Call <see cref="Migrator.Apply"/> before the first use.</summary>
    public static IServiceCollection AddLabelerData(this IServiceCollection services, IConfiguration configuration, string dataFolder)
    {
        var folder = new DataFolder(dataFolder);
        var postgreSql = configuration.GetConnectionString(ConnectionName);
        var changes = new ChangeChannel(string.IsNullOrWhiteSpace(postgreSql) ? null : postgreSql);
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton(folder);
        services.AddSingleton(_ => StoreSettings.Open(configuration, folder.Files, folder.Cache));
        services.AddProtectionKeys(configuration);
        if (string.IsNullOrWhiteSpace(postgreSql))
        {
            services.AddLabelerDb<SqliteLabelerDb>(options => SqliteLabelerDb.Configure(options, folder));
        }
        else
        {
            services.AddLabelerDb<PostgreSqlLabelerDb>(options => PostgreSqlLabelerDb.Configure(options, postgreSql)
                .AddInterceptors(new ChangeWatch(changes)));
        }
        services.AddSingleton(changes);
        services.AddSingleton<DatabaseBackups>().AddSingleton<WholeBackup>().AddSingleton<WholeRestore>();
        services.AddSingleton<Migrator>().AddSingleton<Installation>().AddSingleton<RunFiles>().AddSingleton<SharedCounters>()
            .AddSingleton<Duties>();
        services.AddSingleton<ItemQueue>().AddSingleton<VoteRecorder>().AddSingleton<Review>().AddSingleton<Practice>()
            .AddSingleton<TeamEditing>();
        services.AddSingleton<JobQueue>().AddSingleton<EpochCycle>().AddSingleton<AutomaticTraining>();
        services.AddSingleton<WebhookSecrets>().AddSingleton<RetentionRun>();
        return services.AddSingleton<EvaluationWorkflow>().AddSingleton<FineTuning>().AddSingleton<RewardWorkflow>()
            .AddSingleton<RewardMeasurement>().AddSingleton<RewardKeys>().AddSingleton<ScoringWorkflow>().AddSingleton<EpochFigures>()
            .AddSingleton<EvaluationScoring>().AddSingleton<RewardTraining>()
            .AddSingleton<FinishedEpochs>();
    }

    private static void AddLabelerDb<TContext>(this IServiceCollection services, Action<DbContextOptionsBuilder> configure)
        where TContext : LabelerDb
    {
        services.AddPooledDbContextFactory<TContext>(configure);
        services.AddSingleton<IDbContextFactory<LabelerDb>, LabelerDbFactory<TContext>>();
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContext());
    }
}
