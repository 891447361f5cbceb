using Labeler.Web.Security.OpenId;

namespace Labeler.Web.Features.Accounts;

/// <summary>What the sign-in page says to whom the way by the provider did not let in.</summary>
internal static class OpenIdRefusals
{
    /// <param name="provider">What people call it.</param>
    public static string Say(OpenIdRefusal why, string provider) => why switch
    {
        OpenIdRefusal.Denied => Texts.Say($"You were not let in by {provider}, or you canceled."),
        OpenIdRefusal.Unreachable => Texts.Say($"Right now {provider} cannot be reached. Try again in a few minutes."),
        OpenIdRefusal.NoGroup => Texts.Say($"You are in no group of {provider} that may use this. Ask an admin."),
        OpenIdRefusal.Disabled => Texts.Say($"Your account is disabled. Ask an admin."),
        OpenIdRefusal.LastAdmin => Texts.Say($"By your groups nobody would be an admin here any more. Ask whoever runs the server."),
        _ => Texts.Say($"Signing in with {provider} did not work. Try again; if it stays so, tell an admin."),
    };
}
