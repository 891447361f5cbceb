using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Labeler.Web.Features.Images;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests;

/// <summary>Requests that no page of ours sends, to a real server: each is answered as a mistake of the sender.</summary>
public sealed class OddRequestTests(OddRequestTests.Server server) : IClassFixture<OddRequestTests.Server>
{
    private readonly WebHost _host = server.Host;

    public sealed class Server : IAsyncLifetime
    {
        public WebHost Host { get; } = new() { OnKestrel = true };

        public Task InitializeAsync() => Task.CompletedTask;

        public Task DisposeAsync() => Host.DisposeAsync().AsTask();
    }

    [Theory]
    [InlineData("""{"kind":"flags","tiles":[null]}""")]
    [InlineData("""{"kind":"flags","tiles":null}""")]
    [InlineData("null")]
    [InlineData("""{"kind":"flags","tiles":[{"index":0,"flags":0,"displayed":true,"unblurred":true},null]}""")]
    public async Task A_list_with_nothing_in_it_is_a_bad_request_and_no_vote_of_the_batch_is_stored(string verdict)
    {
        await using var seeded = await _host.Seed($"Odd {Guid.NewGuid():N}", groups: 2);
        using var client = await AnnotatorClient.Open(_host, $"odd annotator {Guid.NewGuid():N}");
        var items = await client.Items(seeded.Project.Id);
        using var answer = await client.Post(AnnotatorClient.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 1), new
        {
            op = "vote",
            key = Guid.NewGuid(),
            project = seeded.Project.Id,
            item = items[1],
            verdict = JsonNode.Parse(verdict),
        });
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("reload the page", await AnnotatorClient.Detail(answer));
        using var empty = await client.Http.PostAsync("/api/votes", new StringContent($$"""{"account":"{{client.Account}}","entries":[null]}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Equal(0, await seeded.Stored());
    }

    [Theory]
    [InlineData("/label/h\u00e9 \u4eba\ud83d\ude00", "/label/h%C3%A9%20%E4%BA%BA%F0%9F%98%80")]
    [InlineData("/projects?show=\u00e9", "/projects?show=%C3%A9")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\r\nSet-Cookie: a=b", "/")]
    [InlineData("/\ufffd", "/%EF%BF%BD")]
    public async Task An_address_to_come_back_to_is_followed_whatever_its_letters(string returnUrl, string leadsTo)
    {
        var name = $"Zo\u00eb {Guid.NewGuid():N}";
        await _host.Make(name, Role.Annotator);
        using var browser = _host.Browser();
        using var answer = await browser.Submit($"/sign-in?ReturnUrl={Uri.EscapeDataString(returnUrl)}", "sign-in", ("Form.Name", name), ("Form.Password", Forms.Password));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.EndsWith(leadsTo, answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_refused_post_from_an_odd_address_leads_to_the_start()
    {
        using var admin = await _host.SignedIn("Odd admin", Role.Admin);
        admin.DefaultRequestHeaders.TryAddWithoutValidation("Referer", $"{admin.BaseAddress!.GetLeftPart(UriPartial.Authority)}//x");
        using var answer = await admin.Post("/account", "/projects/99999/delete");
        Assert.Equal((HttpStatusCode.Found, "/"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task What_a_form_keeps_is_written_anew_into_the_address()
    {
        using var lead = await _host.SignedIn("Odd lead", Role.Admin);
        var (project, photo) = await EveryForm.EveryState.OnePhoto(_host);
        using var answer = await lead.Post("/account", $"/photos/{project}/photos/{photo}/caption", ("caption", "a cat in a mirror"), ("keep", "keep=Label 1\r\nX: y&other=1&keep=\u00e9"));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.EndsWith($"captions?after={photo}&keep=Label%201%0D%0AX%3A%20y&keep=%C3%A9", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task No_address_about_something_that_is_not_there_fails_at_the_server()
    {
        using var admin = await _host.SignedIn("Admin of nothing", Role.Admin);
        var failed = new List<string>();
        foreach (var endpoint in _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => !e.RoutePattern.RawText!.Contains("_blazor", StringComparison.Ordinal)))
        {
            var address = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
            {
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => Absent(endpoint, parameter.Name),
                _ => "",
            }))));
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            using var request = new HttpRequestMessage(new(methods[0]), address);
            if (methods[0] == "POST")
            {
                var fields = endpoint.Metadata.OfType<IParameterBindingMetadata>().Where(p => p.ParameterInfo.GetCustomAttributes(typeof(FromFormAttribute), false).Length > 0)
                    .Select(p => KeyValuePair.Create(p.Name, Something(p.ParameterInfo.ParameterType)));
                request.Content = new FormUrlEncodedContent([.. fields, new("__RequestVerificationToken", await Token(admin))]);
            }
            using var answer = await admin.SendAsync(request);
            if (answer.StatusCode >= HttpStatusCode.InternalServerError)
            {
                failed.Add($"{methods[0]} {address} answered {(int)answer.StatusCode}");
            }
        }
        Assert.True(failed.Count == 0, string.Join("\n", failed));
    }

    [Fact]
    public async Task What_is_wrong_under_api_is_never_told_by_a_page()
    {
        await using var broken = new WebHost { OnKestrel = true, Configure = services => services.AddSingleton<Thumbnails>(_ => throw new InvalidOperationException("as a fault in the program would")) };
        using var client = await AnnotatorClient.Open(broken, "program");
        using var stranger = broken.Browser();
        await using var seeded = await SeededProject.Create(broken.Data, "Asked by a program", LabelingTask.FlagBatch, groups: 1);
        var picture = $"/api/images/{new string('a', 64)}/256.webp";
        (HttpClient Who, HttpRequestMessage Asks, HttpStatusCode Answer)[] requests =
        [
            (client.Http, new(HttpMethod.Get, picture), HttpStatusCode.InternalServerError),
            (client.Http, new(HttpMethod.Get, "/api"), HttpStatusCode.NotFound),
            (client.Http, new(HttpMethod.Get, "/api/nothing"), HttpStatusCode.NotFound),
            (client.Http, new(HttpMethod.Get, "/api/nothing.html"), HttpStatusCode.NotFound),
            (client.Http, new(HttpMethod.Get, "/api/projects/99999/queue"), HttpStatusCode.NotFound),
            (client.Http, new(HttpMethod.Get, $"/api/projects/{seeded.Project.Id}/queue?take=many"), HttpStatusCode.BadRequest),
            (client.Http, new(HttpMethod.Delete, "/api/votes"), HttpStatusCode.MethodNotAllowed),
            (client.Http, new(HttpMethod.Post, "/api/votes") { Content = new StringContent("{", Encoding.UTF8, "application/json") }, HttpStatusCode.BadRequest),
            (client.Http, new(HttpMethod.Post, "/api/votes") { Content = new StringContent(new string(' ', 3_000_000), Encoding.UTF8, "application/json"), Headers = { ExpectContinue = true } }, HttpStatusCode.RequestEntityTooLarge),
            (stranger, new(HttpMethod.Get, picture), HttpStatusCode.Unauthorized),
            (stranger, new(HttpMethod.Post, "/api/votes"), HttpStatusCode.Unauthorized),
        ];
        foreach (var (who, asks, expected) in requests)
        {
            asks.Headers.Accept.ParseAdd("text/html");
            using var answer = await who.SendAsync(asks);
            Assert.True(answer.StatusCode == expected, $"{asks.Method} {asks.RequestUri} answered {answer.StatusCode}");
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.NotEqual("text/html", answer.Content.Headers.ContentType?.MediaType);
            Assert.DoesNotContain("<html", await answer.Content.ReadAsStringAsync());
        }
    }

    private static string Absent(RouteEndpoint endpoint, string parameter)
    {
        var kinds = endpoint.RoutePattern.ParameterPolicies.TryGetValue(parameter, out var policies) ? policies.Select(p => p.Content).ToList() : [];
        return kinds.Contains("guid") ? Guid.NewGuid().ToString() : kinds.Exists(k => k is "int" or "long") ? "99999" : "absent";
    }

    private static string Something(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare == typeof(string) ? "x" : bare == typeof(Guid) ? Guid.NewGuid().ToString() : "1";
    }

    private async Task<string> Token(HttpClient admin)
    {
        // One of the endpoints signs out.
        using var account = await admin.GetAsync("/account");
        if (account.StatusCode == HttpStatusCode.Found)
        {
            await admin.SignIn("Admin of nothing");
        }
        return await admin.FormToken("/account");
    }
}
