using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace Labeler.Web.Security;

/// <summary>Signs an open page out when the rights it was opened with hold no longer, as the cookie's check does for requests.</summary>
internal sealed class LiveAuthentication(ILoggerFactory loggers, Rights rights) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => Rights.Recheck;

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState state, CancellationToken cancel) =>
        rights.Hold(state.User, cancel);
}
