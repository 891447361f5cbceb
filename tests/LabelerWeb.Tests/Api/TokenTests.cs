using System.Net;
using System.Text.RegularExpressions;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Web.Features.People;
using Labeler.Web.Security.Tokens;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Api;

public sealed partial class TokenTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_key_is_shown_once_stored_as_a_hash_and_refused_as_soon_as_it_is_revoked()
    {
        using var person = await host.SignedIn("Maker of keys", Role.Annotator);
        await person.Post("/account/tokens", "/account/tokens/new", ("name", "a script"), ("scope", "Read"), ("days", "30"));
        var key = Key().Match(await person.GetStringAsync("/account/tokens")).Value;
        Assert.NotEqual("", key);
        var again = await person.GetStringAsync("/account/tokens");
        Assert.DoesNotContain(key, again);
        Assert.Contains("a script", again);
        var token = await host.With<LabelerDb, AccessToken>(db => db.AccessTokens.AsNoTracking().SingleAsync(t => t.Name == "a script"));
        Assert.DoesNotContain(key[AccessToken.Prefix.Length..], $"{token.Hash}{token.Ending}{token.Name}");
        using var program = host.With(key);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/me")).StatusCode);
        await host.Services.GetRequiredService<TokenUpkeep>().Write(default);
        Assert.Contains("last used", await person.GetStringAsync("/account/tokens"));
        await person.Post("/account/tokens", $"/account/tokens/{token.Id}/revoke");
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task Nobody_revokes_a_token_of_somebody_else()
    {
        await host.Make("Owner of a key", Role.Annotator);
        using var program = await host.Program("Owner of a key", TokenScope.Read);
        var id = await host.With<LabelerDb, Guid>(db => db.AccessTokens.Where(t => db.Users.Any(a => a.Id == t.AccountId && a.DisplayName == "Owner of a key")).Select(t => t.Id).SingleAsync());
        using var other = await host.SignedIn("Would-be revoker", Role.Admin);
        await other.Post("/account/tokens", $"/account/tokens/{id}/revoke");
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task A_token_ends_with_its_time_and_with_its_account()
    {
        await host.Make("Stays as admin", Role.Admin);
        var account = await host.Make("Ends with a key", Role.Lead);
        using var program = await host.Program("Ends with a key", TokenScope.Read);
        using var old = await host.Program("Ends with a key", TokenScope.Read);
        var key = old.DefaultRequestHeaders.Authorization!.Parameter!;
        await host.With<LabelerDb, int>(db => db.AccessTokens.Where(t => t.Ending == key.Substring(key.Length - 4)).ExecuteUpdateAsync(set => set.SetProperty(t => t.ExpiresAt, DateTimeOffset.UtcNow.AddSeconds(-1))));
        Assert.Equal(HttpStatusCode.Unauthorized, (await old.GetAsync("/api/v1/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/me")).StatusCode);
        await host.With<IServiceProvider, Account>(services => services.GetRequiredService<UserManager<Account>>().Disable(services.GetRequiredService<LabelerDb>(), account.Id, DateTimeOffset.UtcNow));
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task A_token_opens_no_page_and_a_cookie_nothing_that_is_for_programs()
    {
        using var admin = await host.SignedIn("Both ways", Role.Admin);
        using var program = await host.Program("Both ways", TokenScope.Admin);
        Assert.Equal(HttpStatusCode.Unauthorized, (await admin.GetAsync("/api/v1/me")).StatusCode);
        foreach (var page in new[] { "/projects", "/account", "/people" })
        {
            Assert.Equal(HttpStatusCode.Found, (await program.GetAsync(page)).StatusCode);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/session")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.PostAsync("/api/votes", null)).StatusCode);
    }

    [Fact]
    public async Task A_project_that_is_not_the_account_s_cannot_be_chosen_and_one_that_is_not_the_token_s_is_not_there()
    {
        await using var mine = await host.Seed("Chosen for a key", groups: 1);
        await using var other = await host.Seed("Not chosen for a key", groups: 1);
        using var person = await host.SignedIn("Chooses projects", Role.Lead);
        using var program = await host.Program("Chooses projects", TokenScope.Label, mine.Project.Id);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync($"/api/v1/projects/{mine.Project.Id}/votes")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync($"/api/v1/projects/{other.Project.Id}/votes")).StatusCode);
        Assert.DoesNotContain("Not chosen", await program.GetStringAsync("/api/v1/projects"));
        await host.With<LabelerDb, int>(db => db.Projects.Where(p => p.Id == other.Project.Id).ExecuteUpdateAsync(set => set.SetProperty(p => p.IsOpenToAll, false)));
        await person.Post("/account/tokens", "/account/tokens/new", ("name", "too far"), ("scope", "Read"), ("days", "30"), ("project", $"{other.Project.Id}"));
        Assert.False(await host.With<LabelerDb, bool>(db => db.AccessTokens.AnyAsync(t => t.Name == "too far")));
    }

    [GeneratedRegex("lblr_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();
}
