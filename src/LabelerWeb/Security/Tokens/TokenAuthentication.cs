using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Security.Tokens;

/// <summary>
/// Lets a program in by <c>Authorization: Bearer KEY</c>. Each request looks at the token, the account and its roles, so that revoking,
/// disabling and another role hold at once.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    IDbContextFactory<LabelerDb> contexts, TimeProvider time, TokenUpkeep upkeep)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "token";
    public const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(Context.RequestAborted);
        if (await AccessToken.Find(db, header[Bearer.Length..].Trim(), now, Context.RequestAborted) is not { } token)
        {
            return AuthenticateResult.Fail("The token is unknown, revoked or too old.");
        }
        var account = await db.Users.Where(a => a.Id == token.AccountId && (a.LockoutEnd == null || a.LockoutEnd <= now))
            .Select(a => new { a.UserName, a.DisplayName }).FirstOrDefaultAsync(Context.RequestAborted);
        if (account is null)
        {
            return AuthenticateResult.Fail("The account of the token is disabled.");
        }
        var roles = await db.UserRoles.Where(held => held.UserId == token.AccountId)
            .Join(db.Roles, held => held.RoleId, role => role.Id, (_, role) => role.Name!).ToListAsync(Context.RequestAborted);
        upkeep.Seen(token.Id);
        var identity = new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, token.AccountId.ToString()),
            new(ClaimTypes.Name, account.UserName!),
            new(AccountRules.DisplayNameClaim, account.DisplayName),
            new(TokenClaims.Token, token.Id.ToString()),
            new(TokenClaims.Scope, ((int)token.Scope).ToString(CultureInfo.InvariantCulture)),
            .. token.Projects.Select(id => new Claim(TokenClaims.Project, id.ToString(CultureInfo.InvariantCulture))),
            .. roles.Select(role => new Claim(ClaimTypes.Role, role)),
        ], Name);
        return AuthenticateResult.Success(new(new(identity), Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Problem("Send a token that is good: Authorization: Bearer KEY.", statusCode: StatusCodes.Status401Unauthorized)
            .ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Results.Problem("The token, or its account, may not do that.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(Context);
}
