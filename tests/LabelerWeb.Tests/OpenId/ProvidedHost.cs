using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Web.Security.OpenId;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.OpenId;

/// <summary>The application with a provider, and the way by it as a browser goes it.</summary>
public sealed class ProvidedHost : IAsyncLifetime
{
    internal const string Name = "the university";
    private static readonly HttpClient Elsewhere = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    internal StandInProvider Provider { get; private set; } = null!;
    public WebHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Provider = await StandInProvider.Start();
        Host = new() { Settings = Settings(Provider.Address) };
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await Provider.DisposeAsync();
    }

    public static (string, string)[] Settings(string authority) =>
    [
        ("OpenId:Authority", authority), ("OpenId:ClientId", StandInProvider.Client), ("OpenId:ClientSecret", StandInProvider.Secret), ("OpenId:Name", Name),
        ("OpenId:Groups:0:Group", "labelers"), ("OpenId:Groups:0:Role", "annotator"), ("OpenId:Groups:1:Group", "researchers"), ("OpenId:Groups:1:Role", "lead"),
        ("OpenId:Groups:2:Group", "operators"), ("OpenId:Groups:2:Role", "admin"),
        ("OpenId:Groups:3:Group", "reviewers of hands"), ("OpenId:Groups:3:Role", "reviewer"), ("OpenId:Groups:3:Project", "hands"),
    ];

    /// <summary>Says who comes next, and with which groups.</summary>
    public void Comes(string subject, string? name, params string[] groups)
    {
        (Provider.Subject, Provider.Name, Provider.Groups) = (subject, name, groups);
        (Provider.Spoil, Provider.InsteadOfToken, Provider.Denies, Provider.TellsGroupsLater) = (null, null, false, false);
    }

    /// <summary>From the button to the provider and back to the application, which has not looked at the answer yet.</summary>
    public static Task<string> Ask(HttpClient browser, string returnUrl = "/") => Answer(browser, $"{OpenIdSetup.Start}?returnUrl={Uri.EscapeDataString(returnUrl)}");

    /// <summary>The same from another address that asks.</summary>
    public static async Task<string> Answer(HttpClient browser, string start)
    {
        using var asking = await browser.GetAsync(start);
        Assert.Equal(HttpStatusCode.Found, asking.StatusCode);
        using var answer = await Elsewhere.GetAsync(asking.Headers.Location);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.StartsWith($"http://localhost{OpenIdSetup.Callback}?", answer.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        return answer.Headers.Location!.PathAndQuery;
    }

    /// <summary>The whole way; where it leads in the end.</summary>
    public static async Task<string> Enter(HttpClient browser, string returnUrl = "/")
    {
        var address = await Ask(browser, returnUrl);
        return await Follow(browser, address);
    }

    /// <param name="looks">Where the application looks at the answer.</param>
    public static async Task<string> Follow(HttpClient browser, string address, string looks = OpenIdSetup.Arrived)
    {
        using var back = await browser.GetAsync(address);
        Assert.Equal(HttpStatusCode.Found, back.StatusCode);
        var next = Local(back);
        if (!next.StartsWith(looks, StringComparison.Ordinal))
        {
            return next;
        }
        using var arrived = await browser.GetAsync(next);
        Assert.Equal(HttpStatusCode.Found, arrived.StatusCode);
        return Local(arrived);
    }

    /// <summary>The account that is tied to somebody at the provider.</summary>
    public Task<Account> Of(string subject) => Host.With<LabelerDb, Account>(db =>
        db.Users.AsNoTracking().SingleAsync(account => db.UserLogins.Any(login => login.UserId == account.Id && login.ProviderKey == $"{Provider.Address}|{subject}")));

    public Task<string[]> RolesOf(Guid account) => Host.With<LabelerDb, string[]>(db =>
        db.UserRoles.Where(held => held.UserId == account).Join(db.Roles, held => held.RoleId, role => role.Id, (_, role) => role.Name!).OrderBy(name => name).ToArrayAsync());

    private static string Local(HttpResponseMessage answer) =>
        answer.Headers.Location is { IsAbsoluteUri: true } whole ? whole.PathAndQuery : answer.Headers.Location!.OriginalString;
}
