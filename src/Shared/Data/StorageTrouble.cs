using Microsoft.Data.Sqlite;
using Npgsql;

namespace Labeler.Shared.Data;

/// <summary>Which failures of a database pass by themselves, or when somebody frees space.</summary>
public static class StorageTrouble
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Full = 13;

    /// <summary>What to tell about an error or one that it was caused by; null where sending the same again would not help.</summary>
    public static StorageException? Of(Exception? error) => error switch
    {
        null => null,
        StorageException known => known,
        SqliteException { SqliteErrorCode: Busy or Locked } or NpgsqlException { IsTransient: true } =>
            new("The database is busy: nothing was saved, try again in a moment.", error),
        SqliteException { SqliteErrorCode: Full } =>
            new("The disk that holds the database is full: nothing was saved, free some space and try again.", error),
        _ => Of(error.InnerException),
    };

    /// <summary>Is it, or was it caused by, a database that is busy, away or out of reach for now? Whoever does the same again later may
    /// have more luck.</summary>
    public static bool IsOfDatabase(Exception? error) => error switch
    {
        null => false,
        SqliteException { SqliteErrorCode: Busy or Locked } or NpgsqlException { IsTransient: true } => true,
        _ => IsOfDatabase(error.InnerException),
    };

    /// <summary>What to do where PostgreSQL does not let in, is not there or is out of reach; null where nothing of it caused the
    /// error.</summary>
    public static string? Away(Exception? error) => error switch
    {
        null => null,
        NpgsqlException fault => $"cannot use the PostgreSQL database of ConnectionStrings:{ServiceRegistration.ConnectionName} "
            + $"({fault.Message}); look whether the server runs, and at host, name and password of the setting",
        _ => Away(error.InnerException),
    };
}
