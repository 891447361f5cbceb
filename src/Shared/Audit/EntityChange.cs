using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Labeler.Shared.Audit;

/// <summary>One row that is written: the values that change, before and after.</summary>
/// <param name="Name">What the row is called; asked once it is written, as a new row has its number only then.</param>
internal sealed record EntityChange(Func<string> Name, JsonObject Before, JsonObject After)
{
    public static EntityChange Of(EntityEntry entry, IReadOnlySet<string> untold)
    {
        var (before, after) = (new JsonObject(), new JsonObject());
        foreach (var property in entry.Properties.Where(property => !untold.Contains(property.Metadata.Name)))
        {
            var (was, now) = (Json(property.OriginalValue), Json(property.CurrentValue));
            switch (entry.State)
            {
                case EntityState.Added when !property.Metadata.IsPrimaryKey() || !property.IsTemporary:
                    after[property.Metadata.Name] = now;
                    break;
                case EntityState.Deleted:
                    before[property.Metadata.Name] = was;
                    break;
                case EntityState.Modified when property.IsModified:
                    (was, now) = Differing(was, now);
                    before[property.Metadata.Name] = was;
                    after[property.Metadata.Name] = now;
                    break;
            }
        }
        return new(() => $"{entry.Metadata.ClrType.Name.Split('`')[0]} {Key(entry)}", before, after);
    }

    private static string Key(EntityEntry entry) =>
        string.Join(", ", entry.Metadata.FindPrimaryKey()!.Properties.Select(key => entry.Property(key.Name).CurrentValue));

    private static JsonNode? Json(object? value) =>
        value is null ? null : JsonSerializer.SerializeToNode(value, value.GetType(), JsonText.Options);

    // Of settings, which are one value of many, those that differ.
    private static (JsonNode? Was, JsonNode? Now) Differing(JsonNode? was, JsonNode? now)
    {
        if (was is not JsonObject old || now is not JsonObject current)
        {
            return (was, now);
        }
        var names = old.Select(one => one.Key).Union(current.Select(one => one.Key))
            .Where(name => !JsonNode.DeepEquals(old[name], current[name])).ToList();
        return (Part(old, names), Part(current, names));
    }

    private static JsonObject Part(JsonObject all, List<string> names) =>
        new(names.Where(all.ContainsKey).Select(name => KeyValuePair.Create(name, all[name]?.DeepClone())));
}
