using System.Linq.Expressions;
using MudBlazor;

namespace Labeler.Web.Components.Tables;

/// <summary>The order of a table's rows: that of the columns that were chosen, then the usual one. The key tells equal rows apart, so that
/// pages do not overlap.</summary>
/// <param name="Sorts">By the name of a member of <typeparamref name="T"/>.</param>
/// <param name="Usual">A member, and whether its highest value comes first.</param>
public sealed record TableOrder<T, TKey>(
    IEnumerable<SortDefinition<T>> Sorts, (string Member, bool Descending) Usual, Expression<Func<T, TKey>> Key)
{
    /// <param name="reversed">The last row first.</param>
    public IQueryable<T> Of(IQueryable<T> rows, bool reversed = false)
    {
        var sorts = Sorts.OrderBy(sort => sort.Index)
            .Select(sort => (Member: sort.SortBy, Descending: sort.Descending != reversed)).ToList();
        if (sorts.All(sort => sort.Member != Usual.Member))
        {
            sorts.Add((Usual.Member, Usual.Descending != reversed));
        }
        // In the same direction as what comes before, so that one index may give both.
        var isDescending = sorts[^1].Descending;
        var ordered = sorts.Aggregate(rows, (so, sort) => Then(so, so == rows, Member(sort.Member), sort.Descending));
        return sorts.Any(sort => sort.Member == (Key.Body as MemberExpression)?.Member.Name) ? ordered
            : Then(ordered, false, Key, isDescending);
    }

    // Text without regard to capitals, as people sort it.
    private static LambdaExpression Member(string name)
    {
        var row = Expression.Parameter(typeof(T));
        Expression value = Expression.Property(row, name);
        return Expression.Lambda(value.Type == typeof(string) ? Expression.Call(value, nameof(string.ToLower), null) : value, row);
    }

    private static IQueryable<T> Then(IQueryable<T> rows, bool isFirst, LambdaExpression by, bool descending)
    {
        var method = (isFirst ? nameof(Queryable.OrderBy) : nameof(Queryable.ThenBy)) + (descending ? "Descending" : "");
        return rows.Provider.CreateQuery<T>(Expression.Call(
            typeof(Queryable), method, [typeof(T), by.ReturnType], rows.Expression, Expression.Quote(by)));
    }
}
