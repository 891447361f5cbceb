using System.Linq.Expressions;
using MudBlazor;

namespace Labeler.Web.Components.Tables;

/// <summary>What a reader of a table asked for, as a query that the database answers.</summary>
public static class TableQuery
{
    /// <summary>Rows that pass every filter that has a value.</summary>
    public static IQueryable<T> Where<T>(this IQueryable<T> rows, IEnumerable<IFilterDefinition<T>> filters)
    {
        var options = new FilterOptions { FilterCaseSensitivity = DataGridFilterCaseSensitivity.Ignore };
        return filters.Where(filter => filter.Operator is not null)
            .Aggregate(rows, (passing, filter) => passing.Where(FilterExpressionGenerator.GenerateExpression(filter, options)));
    }

    /// <summary>In the order of the columns that were chosen, else in that of <paramref name="usual" />.</summary>
    /// <param name="rows">Projected into objects whose members the columns are.</param>
    /// <param name="sorts">By the name of a member.</param>
    /// <param name="usual">A member, and whether its highest value comes first; equal rows are told apart by it too, so that pages do not overlap.</param>
    public static IQueryable<T> OrderBy<T>(this IQueryable<T> rows, IEnumerable<SortDefinition<T>> sorts, (string Member, bool Descending) usual)
    {
        var ordered = rows;
        var isFirst = true;
        foreach (var (member, descending) in sorts.OrderBy(sort => sort.Index).Select(sort => (sort.SortBy, sort.Descending)).Append(usual))
        {
            var row = Expression.Parameter(typeof(T));
            var value = Expression.Property(row, member);
            var method = (isFirst ? nameof(Queryable.OrderBy) : nameof(Queryable.ThenBy)) + (descending ? "Descending" : "");
            ordered = ordered.Provider.CreateQuery<T>(Expression.Call(
                typeof(Queryable), method, [typeof(T), value.Type], ordered.Expression, Expression.Quote(Expression.Lambda(value, row))));
            isFirst = false;
        }
        return ordered;
    }
}
