using MudBlazor;

namespace Labeler.Web.Components.Tables;

/// <summary>How many rows pass a table's filters, counted once while somebody goes through the pages.</summary>
public sealed class TableCount(TimeProvider time)
{
    /// <summary>For how long a number is shown again; new rows are counted then.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private string? _of, _asked;
    private long _at;

    public int Total { get; private set; }

    public async Task Read<T>(IQueryable<T> passing, IEnumerable<IFilterDefinition<T>> filters, CancellationToken cancel)
    {
        var of = filters.Text();
        if (of == _of && time.GetElapsedTime(_at) < Kept)
        {
            return;
        }
        var at = time.GetTimestamp();
        Total = await passing.CountAsync(cancel);
        (_of, _at) = (of, at);
    }

    public void Forget() => _of = null;

    /// <summary>Another order or other filters than before: what somebody asked for begins on the first page.</summary>
    public bool Asks<T>(GridState<T> state)
    {
        var before = _asked;
        _asked = string.Join('\n', state.SortDefinitions.Select(sort => $"{sort.SortBy} {sort.Descending}")
            .Append(state.FilterDefinitions.Text()));
        return before is not null && before != _asked;
    }
}
