using Microsoft.AspNetCore.Antiforgery;

namespace Labeler.Web.Components.Forms;

/// <summary>Endpoints behind buttons: a form is posted, something is done, and the browser is sent to a page with a notice.</summary>
public static class FormPosts
{
    /// <summary>
    /// A group of such endpoints for one role. Each post must carry the page's form token; a mistake that the person can put right
    /// (a LabelerException) becomes a notice on the page they came from.
    /// </summary>
    public static RouteGroupBuilder MapPosts(this IEndpointRouteBuilder routes, string prefix, string role) =>
        routes.MapGroup(prefix).RequireAuthorization(role).AddEndpointFilter(async (call, next) =>
        {
            var context = call.HttpContext;
            try
            {
                await context.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context);
                return await next(call);
            }
            catch (AntiforgeryValidationException)
            {
                return Results.BadRequest();
            }
            catch (LabelerException e)
            {
                context.Tell(new(context.RequestServices.GetRequiredService<IStringLocalizer<Texts>>().Of(e), Tone.Bad));
                return LocalAddress.Redirect(CameFrom(context));
            }
        });

    /// <summary>The end of a post: a notice, on the page that the browser is sent to.</summary>
    public static IResult Done(this HttpContext context, string notice, string address, string? link = null)
    {
        context.Tell(new(notice, Link: link));
        return LocalAddress.Redirect(address);
    }

    private static string? CameFrom(HttpContext context)
    {
        var referrer = context.Request.GetTypedHeaders().Referer;
        return referrer is not null && referrer.Authority == context.Request.Host.Value ? referrer.PathAndQuery : null;
    }
}
