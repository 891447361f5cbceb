using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Security.OpenId;

/// <summary>To the provider and back, for whoever wants to know who somebody is there.</summary>
internal static partial class OpenIdWay
{
    /// <summary>Sends the browser to the provider; back to the sign-in page where its description cannot be read.</summary>
    /// <param name="arrived">Where the answer is looked at.</param>
    /// <param name="linksTo">What the answer brings back (<see cref="OpenIdPerson.LinksTo" />); null where somebody signs in.</param>
    public static async Task<IResult> Ask(HttpContext context, string arrived, string? linksTo = null)
    {
        try
        {
            await context.ChallengeAsync(OpenIdSetup.Scheme, OpenIdPerson.Asking(arrived, linksTo));
            return Results.Empty;
        }
        catch (Exception error) when (error is InvalidOperationException or HttpRequestException or IOException or TaskCanceledException)
        {
            var loggers = context.RequestServices.GetRequiredService<ILoggerFactory>();
            LogUnreachable(loggers.CreateLogger(typeof(OpenIdWay)), error.GetBaseException().Message);
            return OpenIdSetup.Refused(OpenIdRefusal.Unreachable);
        }
    }

    /// <summary>Whom the provider has sent, once; null for nobody.</summary>
    public static async Task<OpenIdPerson?> Arrived(HttpContext context)
    {
        var person = OpenIdPerson.Of(await context.AuthenticateAsync(IdentityConstants.ExternalScheme));
        await context.SignOutAsync(IdentityConstants.ExternalScheme);
        return person;
    }

    [LoggerMessage(LogLevel.Warning, "The OpenID provider could not be asked: {Reason}")]
    private static partial void LogUnreachable(ILogger log, string reason);
}
