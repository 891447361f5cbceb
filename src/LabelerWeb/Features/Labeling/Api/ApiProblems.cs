using Microsoft.AspNetCore.Antiforgery;

namespace Labeler.Web.Features.Labeling.Api;

/// <summary>Every post must carry the page's token, and every mistake is answered with one clear line.</summary>
public sealed class ApiProblems(IAntiforgery antiforgery, IStringLocalizer<Texts> L) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            if (HttpMethods.IsPost(context.Request.Method))
            {
                await antiforgery.ValidateRequestAsync(context);
            }
            return await next(call);
        }
        catch (AntiforgeryValidationException)
        {
            return Results.Problem(L["The page's token is missing or too old."], statusCode: StatusCodes.Status400BadRequest,
                extensions: new Dictionary<string, object?> { ["code"] = "antiforgery" });
        }
        catch (StorageException e)
        {
            // Not the sender's mistake: an outbox keeps what it has and sends it again.
            return Results.Problem(L.Of(e), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (LabelerException e)
        {
            return Results.Problem(L.Of(e), statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
