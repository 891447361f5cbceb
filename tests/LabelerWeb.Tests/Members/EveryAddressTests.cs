using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Web.Tests.EveryForm;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Members;

/// <summary>Every address about a project, for every role, for members and for others, in an installation where all projects are closed.</summary>
public sealed class EveryAddressTests : IAsyncLifetime
{
    private readonly WebHost _host = new();
    private IReadOnlyList<EveryAddress.One> _addresses = [];

    public async Task InitializeAsync()
    {
        using var admin = await AnnotatorClient.Open(_host, "Everybody's admin", Role.Admin);
        await EveryState.Make(_host, admin);
        _addresses = await new EveryAddress(_host).OfProjects();
        await _host.With<LabelerDb, int>(db => db.Projects.ExecuteUpdateAsync(set => set.SetProperty(p => p.IsOpenToAll, false)));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Whoever_is_no_member_finds_nothing_and_a_member_what_their_role_there_allows()
    {
        Assert.Empty(new EveryAddress(_host).Outdated());
        Assert.True(_addresses.Count > 60, $"Only {_addresses.Count} addresses of projects were found.");
        List<string> wrong = [];
        foreach (var role in new[] { Role.Annotator, Role.Lead })
        {
            using var other = await _host.SignedIn($"Other {role}", role);
            await Try(other, $"a {role} who is no member", _ => HttpStatusCode.NotFound, wrong);
        }
        foreach (var role in ProjectRoles.OfMembers)
        {
            // A lead of the installation is, where they are a member, what they are there.
            using var member = await Member($"Member {role}", role == ProjectRole.Annotator ? Role.Lead : Role.Annotator, role);
            await Try(member, $"a member as {role}", one => ProjectRoles.Named(one.Role) > role ? HttpStatusCode.Forbidden : null, wrong);
        }
        using var admin = await _host.SignedIn("Another admin", Role.Admin);
        await Try(admin, "an admin", _ => null, wrong);
        using var stranger = _host.Browser();
        await Try(stranger, "a stranger", one => one.Address.StartsWith("/api/", StringComparison.Ordinal) ? HttpStatusCode.Unauthorized : HttpStatusCode.Found, wrong);
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    // What is allowed may fail for reasons of its own: a form that says nothing, or an item that is not there.
    private async Task Try(HttpClient browser, string who, Func<EveryAddress.One, HttpStatusCode?> expected, List<string> wrong)
    {
        foreach (var one in _addresses)
        {
            using var answer = await browser.SendAsync(new(one.Method, one.Address));
            var status = answer.StatusCode;
            var isRight = expected(one) is { } exactly ? status == exactly
                : status is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized) && (status != HttpStatusCode.NotFound || !MustBeThere(one));
            if (!isRight)
            {
                wrong.Add($"{one.Method} {one.Pattern} as {one.Address} answered {who} {(int)status}");
            }
        }
    }

    private static bool MustBeThere(EveryAddress.One one) => one.Pattern is "/api/images/{hash}/original" or "/lineage/{Id:long}" or "/api/projects/{project:long}/queue"
        || (one.IsPage && !one.Pattern.Contains("photos", StringComparison.Ordinal));

    private async Task<HttpClient> Member(string name, string installation, ProjectRole role)
    {
        var browser = await _host.SignedIn(name, installation);
        await EveryAddress.MakeMember(_host, await _host.With<LabelerDb, Guid>(db => db.Users.Where(a => a.DisplayName == name).Select(a => a.Id).SingleAsync()), role);
        return browser;
    }
}
