using System.Security.Cryptography;

namespace Labeler.Web.Features.Api;

/// <summary>
/// A request with an <c>Idempotency-Key</c> is done once: sent again within a day it gets the first answer; another request with the same
/// key is refused.
/// </summary>
public static class RepeatedRequests
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";

    /// <summary>Of an endpoint that keeps what it answered.</summary>
    public sealed class Repeatable;

    public static IApplicationBuilder UseRepeatedRequests(this IApplicationBuilder app) => app.Use((context, next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Repeatable>() is not null
            && context.Request.Headers[Header].ToString() is { Length: > 0 } key
            ? Once(context, key, next) : next(context));

    private static async Task Once(HttpContext context, string key, RequestDelegate next)
    {
        if (key.Length > AnsweredRequest.LongestKey)
        {
            await Refuse(context, StatusCodes.Status400BadRequest, $"{Header} has at most {AnsweredRequest.LongestKey} characters.");
            return;
        }
        var contexts = context.RequestServices.GetRequiredService<IDbContextFactory<LabelerDb>>();
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var begun = new AnsweredRequest(context.User.AccountId(), key, await Describe(context), now);
        if (!await Begin(contexts, begun))
        {
            await Repeat(context, contexts, begun);
            return;
        }
        var original = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await next(context);
        }
        catch
        {
            await Forget(contexts, begun);
            throw;
        }
        finally
        {
            context.Response.Body = original;
        }
        // What failed here may be tried again. What was done and cannot be kept is not done twice: it stays as one that is being done.
        await (context.Response.StatusCode < StatusCodes.Status500InternalServerError
            ? Keep(contexts, begun, context.Response, answer) : Forget(contexts, begun));
        answer.Position = 0;
        await answer.CopyToAsync(original, context.RequestAborted);
    }

    private static async Task<bool> Begin(IDbContextFactory<LabelerDb> contexts, AnsweredRequest begun)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.AnsweredRequests.AnyAsync(a => a.AccountId == begun.AccountId && a.Key == begun.Key))
        {
            return false;
        }
        db.AnsweredRequests.Add(begun);
        try
        {
            await db.SaveChangesAsync();
            return true;
        }
        catch (DbUpdateException error) when (StorageTrouble.Of(error) is null)
        {
            // Two at once, and the other one was first.
            return false;
        }
    }

    private static async Task Repeat(HttpContext context, IDbContextFactory<LabelerDb> contexts, AnsweredRequest asked)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var first = await db.AnsweredRequests.AsNoTracking().FirstOrDefaultAsync(a => a.AccountId == asked.AccountId && a.Key == asked.Key);
        if (first is { Status: { } status } && first.Request == asked.Request)
        {
            context.Response.StatusCode = status;
            context.Response.Headers[ReplayedHeader] = "true";
            if (first.Answer.Length > 0)
            {
                context.Response.ContentType = first.MediaType;
                await context.Response.WriteAsync(first.Answer, context.RequestAborted);
            }
            return;
        }
        await (first is not null && first.Request != asked.Request
            ? Refuse(context, StatusCodes.Status422UnprocessableEntity, $"Another request had this {Header}: make one for each.")
            : Refuse(context, StatusCodes.Status409Conflict, "The same request is being done: ask again in a moment."));
    }

    private static async Task Keep(IDbContextFactory<LabelerDb> contexts, AnsweredRequest begun, HttpResponse response, MemoryStream answer)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var kept = await db.AnsweredRequests.SingleAsync(a => a.AccountId == begun.AccountId && a.Key == begun.Key);
        kept.Done(response.StatusCode, System.Text.Encoding.UTF8.GetString(answer.ToArray()), response.ContentType ?? "");
        await db.SaveChangesAsync();
    }

    private static async Task Forget(IDbContextFactory<LabelerDb> contexts, AnsweredRequest begun)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.AnsweredRequests.Where(a => a.AccountId == begun.AccountId && a.Key == begun.Key).ExecuteDeleteAsync();
    }

    private static async Task<string> Describe(HttpContext context)
    {
        context.Request.EnableBuffering();
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(context.Request.Body, context.RequestAborted));
        context.Request.Body.Position = 0;
        return $"{context.Request.Method} {context.Request.Path} {hash}";
    }

    private static Task Refuse(HttpContext context, int status, string why) =>
        Results.Problem(why, statusCode: status).ExecuteAsync(context);
}
