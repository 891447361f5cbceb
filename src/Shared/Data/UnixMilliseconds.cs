using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Labeler.Shared.Data;

/// <summary>Stores a time as milliseconds since 1970 in UTC: sorts and compares alike in SQLite and PostgreSQL.</summary>
internal sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
    time => time.ToUnixTimeMilliseconds(),
    stored => DateTimeOffset.FromUnixTimeMilliseconds(stored));
