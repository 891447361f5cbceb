using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Members;
using Labeler.Web.Tests.Members;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests;

public sealed class EndpointTests(WebHost host) : IClassFixture<WebHost>
{
    // Everything that somebody who is not signed in may reach. Whoever lengthens this list opens a door.
    private static readonly string[] Open =
    [
        "/sign-in", "/sign-in/code", "/sign-in/passkey", "/sign-in/passkey/options", "/invitation/{Token}", "/reset/{Id:guid}", "/error/{Code:int}", "/health", "/health/ready", "/css/mud-theme.css", "/language",
    ];

    private List<RouteEndpoint> Endpoints => [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => !IsFile(e))];

    [Fact]
    public void Only_the_listed_endpoints_are_open_to_strangers()
    {
        var anonymous = Endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(Pattern).Distinct();
        Assert.Equal(Open.Order(), anonymous.Order());
    }

    [Fact]
    public void Every_other_page_and_every_button_names_the_role_it_is_for()
    {
        var silent = Endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null && RoleOf(e) is null).Select(Pattern).Distinct();
        // The start page, Blazor's own connection and a file that is not there are for everybody who has a role, by the fallback.
        Assert.Equal(["/", "/_blazor", "/_blazor/disconnect", "/_blazor/initializers", "/_blazor/negotiate", "/_framework/opaque-redirect"], silent.Order());
    }

    [Fact]
    public async Task A_stranger_reaches_nothing_but_the_open_endpoints()
    {
        using var stranger = host.Browser();
        foreach (var endpoint in Endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            var (method, address) = Request(endpoint);
            var answer = await stranger.SendAsync(new(method, address));
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized || (answer.StatusCode is HttpStatusCode.Found && answer.Headers.Location!.OriginalString.Contains("/sign-in")), $"{method} {address} answered {answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData(Role.Annotator)]
    [InlineData(Role.Lead)]
    public async Task Nobody_reaches_a_page_or_button_of_a_higher_role(string role)
    {
        using var browser = await host.SignedIn($"{role} at the gate", role);
        var higher = Endpoints.Where(e => RoleOf(e) is { } needed && ProjectRoles.Named(needed) > ProjectRoles.Named(role)).ToList();
        Assert.NotEmpty(higher);
        foreach (var endpoint in higher)
        {
            var (method, address) = Request(endpoint);
            var answer = await browser.SendAsync(new(method, address));
            // There is no project: who may not know whether there is one is not told, whatever their role.
            var expected = EveryAddress.ScopeOf(endpoint) is not null ? HttpStatusCode.Unauthorized : EveryAddress.IsOfProject(endpoint) ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden;
            Assert.True(answer.StatusCode == expected, $"{method} {address} answered {answer.StatusCode}");
        }
    }

    private static string? RoleOf(RouteEndpoint endpoint) => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).LastOrDefault(p => p is not null);

    private static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    private static bool IsFile(RouteEndpoint endpoint) => endpoint.Metadata.Any(m => m.GetType().Name == "StaticAssetDescriptor");

    private static (HttpMethod Method, string Address) Request(RouteEndpoint endpoint)
    {
        var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
        var parts = endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : Value(endpoint, (Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart)p))));
        return (new(methods.Contains("GET") ? "GET" : methods[0]), "/" + string.Join('/', parts));
    }

    private static string Value(RouteEndpoint endpoint, Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter)
    {
        var kinds = endpoint.RoutePattern.ParameterPolicies.TryGetValue(parameter.Name, out var policies) ? policies.Select(p => p.Content).ToList() : [];
        return kinds.Contains("guid") ? Guid.Empty.ToString() : kinds.Exists(k => k is "int" or "long") ? "1" : "x";
    }
}
