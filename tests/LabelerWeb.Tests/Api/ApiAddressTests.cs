using System.Net;
using System.Text.RegularExpressions;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Web.Tests.EveryForm;
using Labeler.Web.Tests.Members;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Api;

/// <summary>Every address for programs, for every scope and every role in the project.</summary>
public sealed partial class ApiAddressTests : IAsyncLifetime
{
    private readonly WebHost _host = new();

    public async Task InitializeAsync()
    {
        using var admin = await AnnotatorClient.Open(_host, "Everybody's admin", Role.Admin);
        await EveryState.Make(_host, admin);
        await _host.With<LabelerDb, int>(db => db.Projects.ExecuteUpdateAsync(set => set.SetProperty(p => p.IsOpenToAll, false)));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    /// <summary>As the description writes them, each once.</summary>
    public static IEnumerable<string> Addresses(WebHost host) =>
        Endpoints(host).Select(e => Kind().Replace("/" + e.RoutePattern.RawText!.Trim('/'), "}")).Distinct();

    [Fact]
    public async Task A_token_opens_what_its_scope_and_its_account_s_role_allow_and_nothing_else()
    {
        var addresses = await new EveryAddress(_host).OfPrograms();
        Assert.True(addresses.Count >= 18, $"Only {addresses.Count} addresses for programs were found.");
        List<string> wrong = [];
        foreach (var role in new[] { ProjectRole.None, ProjectRole.Annotator, ProjectRole.Reviewer, ProjectRole.Lead, ProjectRole.Admin })
        {
            var name = $"Program of {role}";
            var account = await _host.Make(name, role == ProjectRole.Admin ? Role.Admin : Role.Annotator);
            if (ProjectRoles.OfMembers.Contains(role))
            {
                await EveryAddress.MakeMember(_host, account.Id, role);
            }
            foreach (var scope in Enum.GetValues<TokenScope>())
            {
                using var program = await _host.Program(name, scope);
                foreach (var one in addresses)
                {
                    using var answer = await program.SendAsync(new(one.Method, one.Address));
                    var expected = Expected(one, role, scope);
                    if (expected is { } status ? answer.StatusCode != status : answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
                    {
                        wrong.Add($"{one.Method} {one.Pattern} as {one.Address} answered a {role} with {scope} {(int)answer.StatusCode}");
                    }
                }
            }
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    // Outside of projects, where every one of these accounts is an annotator at least, there is always something.
    private static HttpStatusCode? Expected(EveryAddress.One one, ProjectRole role, TokenScope scope)
    {
        if (one.IsOfProject && role == ProjectRole.None)
        {
            return HttpStatusCode.NotFound;
        }
        var held = one.IsOfProject || role == ProjectRole.Admin ? role : ProjectRole.Annotator;
        return scope < one.Scope || held < ProjectRoles.Named(one.Role) ? HttpStatusCode.Forbidden : null;
    }

    private static IEnumerable<RouteEndpoint> Endpoints(WebHost host) => host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Policy?.StartsWith("scope:", StringComparison.Ordinal) == true));

    [GeneratedRegex(":[a-z]+}")]
    private static partial Regex Kind();
}
