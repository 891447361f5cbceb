using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Labeler.Web.Tests.OpenId;

/// <summary>A provider on this machine: it says who comes as a test wants it, and signs what it says with a key of its own.</summary>
internal sealed class StandInProvider : IAsyncDisposable
{
    public const string Client = "labeler", Secret = "of the client";
    private readonly WebApplication _server;
    private readonly RSA _key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, Question> _codes = [];

    private StandInProvider(WebApplication server) => _server = server;

    public string Address => _server.Urls.Single();

    /// <summary>Who signs in there next.</summary>
    public string Subject { get; set; } = "1";
    public string? Name { get; set; } = "Ada Lovelace";
    public string[] Groups { get; set; } = [];

    /// <summary>Makes the next tokens other than they should be.</summary>
    public Action<SecurityTokenDescriptor>? Spoil { get; set; }

    /// <summary>What is answered when a code is brought; null for the token.</summary>
    public IResult? InsteadOfToken { get; set; }

    /// <summary>Says no instead of yes.</summary>
    public bool Denies { get; set; }

    /// <summary>Groups are told where the person's data are asked for, and not in the token.</summary>
    public bool TellsGroupsLater { get; set; }

    public static async Task<StandInProvider> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new StandInProvider(builder.Build());
        provider._server.MapGet("/.well-known/openid-configuration", provider.Describe);
        provider._server.MapGet("/keys", () => Results.Json(new { keys = new[] { provider.PublicKey() } }));
        provider._server.MapGet("/authorize", provider.Ask);
        provider._server.MapPost("/token", provider.Exchange);
        provider._server.MapGet("/userinfo", () => Results.Json(new { sub = provider.Subject, groups = provider.Groups }));
        await provider._server.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Dispose();
    }

    /// <summary>A key that is not the provider's.</summary>
    public static SigningCredentials AnotherKey() => new(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "the one" }, SecurityAlgorithms.RsaSha256);

    private IResult Describe() => Results.Json(new Dictionary<string, object>
    {
        ["issuer"] = Address,
        ["authorization_endpoint"] = $"{Address}/authorize",
        ["token_endpoint"] = $"{Address}/token",
        ["userinfo_endpoint"] = $"{Address}/userinfo",
        ["jwks_uri"] = $"{Address}/keys",
        ["response_types_supported"] = new[] { "code" },
        ["subject_types_supported"] = new[] { "public" },
        ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        ["code_challenge_methods_supported"] = new[] { "S256" },
    });

    private object PublicKey()
    {
        var shown = _key.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = "the one", n = WebEncoders.Base64UrlEncode(shown.Modulus!), e = WebEncoders.Base64UrlEncode(shown.Exponent!) };
    }

    private IResult Ask(HttpRequest request)
    {
        var asked = request.Query;
        if (asked["client_id"] != Client || asked["response_type"] != "code" || asked["code_challenge_method"] != "S256" || asked["nonce"].Count != 1 || asked["state"].Count != 1)
        {
            return Results.BadRequest();
        }
        var code = Guid.NewGuid().ToString();
        _codes[code] = new(asked["nonce"].ToString(), asked["code_challenge"].ToString(), asked["redirect_uri"].ToString());
        return Results.Redirect(QueryHelpers.AddQueryString(asked["redirect_uri"].ToString(), new Dictionary<string, string?>
        {
            [Denies ? "error" : "code"] = Denies ? "access_denied" : code,
            ["state"] = asked["state"].ToString(),
        }));
    }

    private async Task<IResult> Exchange(HttpRequest request)
    {
        var brought = await request.ReadFormAsync();
        // A code is good once, for the client that asked, with the proof that goes with the question.
        if (!_codes.TryRemove(brought["code"].ToString(), out var question) || brought["client_secret"] != Secret || brought["redirect_uri"] != question.Address
            || WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(brought["code_verifier"].ToString()))) != question.Challenge)
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }
        return InsteadOfToken ?? Results.Json(new { access_token = "of nothing", token_type = "Bearer", expires_in = 300, id_token = Token(question.Nonce) });
    }

    private string Token(string nonce)
    {
        var token = new SecurityTokenDescriptor
        {
            Issuer = Address,
            Audience = Client,
            IssuedAt = DateTime.UtcNow,
            Expires = DateTime.UtcNow.AddMinutes(5),
            SigningCredentials = new(new RsaSecurityKey(_key) { KeyId = "the one" }, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object> { ["sub"] = Subject, ["nonce"] = nonce },
        };
        if (Name is not null)
        {
            token.Claims["name"] = Name;
        }
        if (!TellsGroupsLater)
        {
            token.Claims["groups"] = Groups;
        }
        Spoil?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    private sealed record Question(string Nonce, string Challenge, string Address);
}
