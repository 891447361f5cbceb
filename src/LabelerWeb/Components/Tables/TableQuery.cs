using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;
using MudBlazor;

namespace Labeler.Web.Components.Tables;

/// <summary>What a reader of a table asked for, as a query that the database answers.</summary>
public static class TableQuery
{
    private static readonly UncasedText Uncased = new();

    /// <summary>Rows that pass every filter that has a value. Text is compared without regard to capitals.</summary>
    public static IQueryable<T> Where<T>(this IQueryable<T> rows, IEnumerable<IFilterDefinition<T>> filters)
    {
        var options = new FilterOptions { FilterCaseSensitivity = DataGridFilterCaseSensitivity.Ignore };
        return filters.Where(filter => filter.Operator is not null).Aggregate(rows, (passing, filter) => passing.Where(
            (Expression<Func<T, bool>>)Uncased.Visit(FilterExpressionGenerator.GenerateExpression(filter, options))));
    }

    /// <summary>Filters in one text, the same for the same filters.</summary>
    public static string Text<T>(this IEnumerable<IFilterDefinition<T>> filters) =>
        string.Join('\n', filters.Select(filter => $"{filter.Column?.PropertyName} {filter.Operator} {filter.Value}"));

    /// <summary>The rows of one page. Their keys are found first, which an index often tells by itself, so that what a row shows besides is
    /// read for those of the page alone and not for all that are sorted or passed over. They are put in order here: asked for an order, a
    /// database may go through all rows in that order instead of looking a page's keys up.</summary>
    /// <param name="total">How many there are, where that is known: pages near the end are then looked for from there, so that no more than
    /// half of all rows are ever passed over.</param>
    /// <param name="all">More rows than <paramref name="rows"/>, to look the keys up in: so that the database does not take what narrows
    /// them for a shorter way than the keys.</param>
    public static async Task<List<T>> Page<T, TKey>(
        this IQueryable<T> rows, TableOrder<T, TKey> order, int skip, int take, CancellationToken cancel, IQueryable<T>? all = null,
        int? total = null)
    {
        var isNearEnd = skip < total && skip > total / 2;
        var (from, count) = isNearEnd ? (Math.Max(0, total!.Value - skip - take), Math.Min(take, total.Value - skip)) : (skip, take);
        var keys = await order.Of(rows, isNearEnd).Skip(from).Take(count).Select(order.Key).ToListAsync(cancel);
        if (isNearEnd)
        {
            keys.Reverse();
        }
        Expression<Func<TKey, bool>> isOnPage = key => keys.Contains(key);
        var chosen = ReplacingExpressionVisitor.Replace(isOnPage.Parameters[0], order.Key.Body, isOnPage.Body);
        var page = await (all ?? rows).Where(Expression.Lambda<Func<T, bool>>(chosen, order.Key.Parameters)).ToListAsync(cancel);
        var key = order.Key.Compile();
        return [.. page.OrderBy(row => keys.IndexOf(key(row)))];
    }

    // Databases lower the letters of English alone, some of them; what is written alike is found in any case.
    private sealed class UncasedText : ExpressionVisitor
    {
        private static readonly HashSet<string> Comparing =
            [nameof(string.Contains), nameof(string.StartsWith), nameof(string.EndsWith), nameof(string.Equals)];

        protected override Expression VisitMethodCall(MethodCallExpression call)
        {
            if (call is not { Object: { } text, Arguments: [var sought] } || text.Type != typeof(string) || sought.Type != typeof(string)
                || !Comparing.Contains(call.Method.Name))
            {
                return base.VisitMethodCall(call);
            }
            return Expression.OrElse(call, Expression.Call(Lower(text), call.Method, Lower(sought)));
        }

        private static MethodCallExpression Lower(Expression text) => Expression.Call(text, nameof(string.ToLower), null);
    }
}
