using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Tests.Support;
using Labeler.Web.Security;
using Labeler.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Servers;

/// <summary>What is revoked at one server is refused at the other: by the next request, and pictures within a second.</summary>
public sealed class RevocationTests(DatabaseServer server) : IClassFixture<DatabaseServer>
{
    [PostgreSqlFact]
    public async Task A_token_that_is_revoked_at_one_is_refused_at_the_other_by_the_next_request()
    {
        await using var two = await Installation.OnPostgreSql(server);
        await two.A.Make("Ada", Role.Annotator);
        var key = await two.A.Key("Ada", TokenScope.Read);
        using var program = two.B.With(key);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/me")).StatusCode);
        var id = await two.A.With<LabelerDb, Guid>(db => db.AccessTokens.Select(token => token.Id).SingleAsync());
        var (a, _) = two.Browser();
        await a.SignIn("Ada");
        Assert.Equal(HttpStatusCode.Found, (await a.Post("/account/tokens", $"/account/tokens/{id}/revoke")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/v1/me")).StatusCode);
    }

    [PostgreSqlFact]
    public async Task A_session_that_is_ended_at_one_opens_no_page_of_the_other_and_soon_no_picture()
    {
        await using var two = await Installation.OnPostgreSql(server);
        await using var seeded = await two.Seed("Pictures", groups: 1);
        await two.A.Make("Bea", Role.Annotator);
        var (here, _) = two.Browser();
        var (_, there) = two.Browser();
        await here.SignIn("Bea");
        await there.SignIn("Bea");
        await using var db = await seeded.Open();
        var picture = $"/api/images/{await db.Images.Select(image => image.ContentHash).FirstAsync()}/256.webp";
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync(picture)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/account")).StatusCode);

        // The newer of the two is the other's.
        var session = await db.Sessions.OrderByDescending(s => s.CreatedAt).Select(s => s.Id).FirstAsync();
        await here.Post("/account", $"/account/sessions/{session}/end");

        Assert.Equal(HttpStatusCode.Found, (await there.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/account")).StatusCode);
        // A yes about pictures is remembered for so long at the most, whoever else asks meanwhile.
        Assert.InRange(PictureAccess.Recent, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        while ((await there.GetAsync(picture)).StatusCode == HttpStatusCode.OK)
        {
            await Task.Delay(20);
        }
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync(picture)).StatusCode);
    }
}
