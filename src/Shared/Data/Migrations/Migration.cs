using System.Reflection;

namespace Labeler.Shared.Data.Migrations;

/// <summary>One step of the schema, written by hand for both databases: <c>Data/Migrations/NAME.sqlite.sql</c> and <c>NAME.postgresql.sql</c>.</summary>
internal sealed record Migration(int Version, string Name)
{
    /// <summary>All steps in order. A released one is never changed; a new one is added at the end.</summary>
    public static IReadOnlyList<Migration> All { get; } =
    [
        new(1, "0001-start"),
        new(2, "0002-picture-source"),
        new(3, "0003-photos"),
        new(4, "0004-evaluations"),
        new(5, "0005-learned-rewards"),
        new(6, "0006-tuned-steps"),
        new(7, "0007-later-votes"),
    ];

    public static int Newest => All[^1].Version;

    public string Sql(bool sqlite)
    {
        var resource = $"Migrations.{Name}.{(sqlite ? "sqlite" : "postgresql")}.sql";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The migration {resource} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
