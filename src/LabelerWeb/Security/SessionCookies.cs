using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Security;

/// <summary>Ties the cookie to a session of the database: signing in starts one, signing out ends it, each request needs it.</summary>
internal static class SessionCookies
{
    private const string SessionKey = "session";

    public static void Add(CookieAuthenticationEvents events)
    {
        events.OnSigningIn = Start;
        events.OnSigningOut = context => End(context.HttpContext, context.HttpContext.User);
        var checkStamp = events.OnValidatePrincipal;
        events.OnValidatePrincipal = async context =>
        {
            var user = context.Principal!;
            var (services, cancel) = (context.HttpContext.RequestServices, context.HttpContext.RequestAborted);
            if (!await (ProjectOfRequest.IsPicture(context.HttpContext) ? services.GetRequiredService<PictureAccess>().Hold(user, cancel)
                : services.GetRequiredService<Rights>().Hold(user, cancel)))
            {
                context.RejectPrincipal();
                return;
            }
            services.GetRequiredService<SessionUpkeep>().Seen(user.SessionId()!.Value);
            await checkStamp(context);
        };
    }

    /// <summary>A principal that is read anew from the account stays in its session.</summary>
    public static Task Keep(SecurityStampRefreshingPrincipalContext context)
    {
        if (context.CurrentPrincipal?.SessionId() is { } session)
        {
            Claim(context.NewPrincipal!, session);
        }
        // How somebody signed in is said by the cookie alone.
        ((ClaimsIdentity)context.NewPrincipal!.Identity!).AddClaims(
            context.CurrentPrincipal?.FindAll(ClaimTypes.AuthenticationMethod) ?? []);
        return Task.CompletedTask;
    }

    private static async Task Start(CookieSigningInContext context)
    {
        var user = context.Principal!;
        // The cookie's properties outlive a change of the account (a new name or password); signing in anew begins with empty ones.
        if (context.Properties.GetString(SessionKey) is { } kept)
        {
            Claim(user, Guid.Parse(kept));
        }
        else
        {
            await End(context.HttpContext, context.HttpContext.User);
            var services = context.HttpContext.RequestServices;
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            var session = new Session(user.AccountId(), context.Request.Headers.UserAgent.ToString(),
                context.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "", now);
            await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
            db.Sessions.Add(session);
            await db.SaveChangesAsync();
            context.Properties.SetString(SessionKey, session.Id.ToString());
            Claim(user, session.Id);
            context.HttpContext.TellWho(session.AccountId);
        }
        KnownDevice.Mark(context.HttpContext, user);
    }

    private static async Task End(HttpContext context, ClaimsPrincipal user)
    {
        if (user.SessionId() is not { } session)
        {
            return;
        }
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        await using var db = await context.RequestServices.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
        await Session.End(db, user.AccountId(), session, now);
    }

    private static void Claim(ClaimsPrincipal user, Guid session) =>
        ((ClaimsIdentity)user.Identity!).AddClaim(new(CurrentUser.SessionClaim, session.ToString()));
}
