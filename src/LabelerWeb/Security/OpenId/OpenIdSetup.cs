using Labeler.Web.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Labeler.Web.Security.OpenId;

/// <summary>The way to the provider and back. It ends with a ticket that says who came; what becomes of them is no matter of
/// this.</summary>
public static class OpenIdSetup
{
    public const string Scheme = "openid";

    /// <summary>Where the button leads.</summary>
    public const string Start = "/sign-in/openid";

    /// <summary>Where the provider sends people back to: to be registered there, after the application's address.</summary>
    public const string Callback = "/sign-in/openid/callback";

    /// <summary>Where somebody is looked at whose ticket is good.</summary>
    public const string Arrived = "/sign-in/openid/arrived";

    /// <summary>Of one's own account, which is linked with somebody there; below it where the button leads, and where somebody is looked at
    /// who has come back.</summary>
    public const string Linking = "/account/openid", LinkStart = $"{Linking}/start", LinkArrived = $"{Linking}/arrived";

    // A provider that does not answer must not hold a request for minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddOpenId(this IServiceCollection services)
    {
        services.AddOptions<OpenIdOptions>().BindConfiguration(OpenIdOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        // A scheme of this kind is asked about every request: it is there only where it is configured.
        services.AddOptions<AuthenticationOptions>().Configure<IOptions<OpenIdOptions>>((schemes, settings) =>
        {
            if (settings.Value.IsOn)
            {
                schemes.AddScheme<OpenIdConnectHandler>(Scheme, settings.Value.Name);
            }
        });
        services.AddTransient<OpenIdConnectHandler>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>());
        services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<IOptions<OpenIdOptions>, IOptions<WebOptions>>(
            (handler, settings, web) => Configure(handler, settings.Value, web.Value));
        return services;
    }

    private static void Configure(OpenIdConnectOptions handler, OpenIdOptions settings, WebOptions web)
    {
        handler.Authority = settings.Authority;
        handler.RequireHttpsMetadata = settings.Authority?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ?? true;
        (handler.ClientId, handler.ClientSecret) = (settings.ClientId, settings.ClientSecret);
        (handler.CallbackPath, handler.SignInScheme) = (Callback, IdentityConstants.ExternalScheme);
        // The provider ends no sessions here by sending browsers.
        (handler.RemoteSignOutPath, handler.SignedOutCallbackPath) = (default, default);
        (handler.ResponseType, handler.UsePkce) = (OpenIdConnectResponseType.Code, true);
        // It comes back by a link, so that no cookie has to travel with the posts of others' sites.
        handler.ResponseMode = OpenIdConnectResponseMode.Query;
        foreach (var cookie in new[] { handler.CorrelationCookie, handler.NonceCookie })
        {
            (cookie.SameSite, cookie.SecurePolicy, cookie.HttpOnly) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest, true);
        }
        (handler.MapInboundClaims, handler.SaveTokens, handler.BackchannelTimeout) = (false, false, Patience);
        // Some providers name the groups only there.
        handler.GetClaimsFromUserInfoEndpoint = true;
        handler.ClaimActions.MapJsonKey(settings.GroupsClaim, settings.GroupsClaim);
        handler.ClaimActions.MapJsonKey("preferred_username", "preferred_username");
        handler.Scope.Clear();
        foreach (var scope in settings.AskedScopes)
        {
            handler.Scope.Add(scope);
        }
        handler.Events = Events(settings, web);
    }

    private static OpenIdConnectEvents Events(OpenIdOptions settings, WebOptions web) => new()
    {
        OnRedirectToIdentityProvider = asking =>
        {
            if (web.PublicAddress is { } address)
            {
                asking.ProtocolMessage.RedirectUri = address.TrimEnd('/') + Callback;
            }
            return Task.CompletedTask;
        },
        OnTokenValidated = token =>
        {
            // The framework trusts the connection by which it came and takes one without a signature too.
            if (token.SecurityToken.RawSignature.Length == 0)
            {
                token.Fail("The token has no signature.");
            }
            OpenIdPerson.Note(token.Properties!, token.SecurityToken.Issuer);
            return Task.CompletedTask;
        },
        OnTicketReceived = ticket =>
        {
            ticket.Principal = OpenIdPerson.Trim(ticket.Principal!, settings);
            return Task.CompletedTask;
        },
        OnAccessDenied = async denied =>
        {
            denied.HandleResponse();
            await Refuse(denied.HttpContext, OpenIdRefusal.Denied);
        },
        OnRemoteFailure = async failed =>
        {
            failed.HandleResponse();
            await Refuse(failed.HttpContext, failed.Failure is HttpRequestException or TaskCanceledException
                ? OpenIdRefusal.Unreachable : OpenIdRefusal.Failed);
        },
    };

    /// <summary>Back to the sign-in page, which says why.</summary>
    public static IResult Refused(OpenIdRefusal why) => LocalAddress.Redirect($"/sign-in?refused={why}");

    private static async Task Refuse(HttpContext context, OpenIdRefusal why)
    {
        await AuditTrail.WriteRefused(context, $"GET {Callback}", $"{why}");
        await Refused(why).ExecuteAsync(context);
    }
}
