using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.EveryForm;

/// <summary>Goes from page to page by their links and by their forms that only ask, and collects the forms that change something.</summary>
internal sealed class Crawl(WebHost host, HttpClient browser)
{
    // Enough to meet every state that the seeded projects are in.
    private const int MostOfAKind = 60;
    private readonly HtmlParser _parser = new();
    private readonly HashSet<string> _seen = [];
    private readonly Queue<Uri> _open = [];
    private readonly List<(RouteEndpoint Endpoint, TemplateMatcher Matcher)> _routes = [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .OrderBy(e => e.Order).ThenBy(e => e.RoutePattern.InboundPrecedence).Select(e => (e, new TemplateMatcher(TemplateParser.Parse(e.RoutePattern.RawText!), [])))];

    public Dictionary<string, RenderedForm> Forms { get; } = [];

    /// <summary>Is shown every page that is visited.</summary>
    public Action<string, IHtmlDocument> Met { get; init; } = (_, _) => { };

    /// <summary>How often each route was visited.</summary>
    public Dictionary<string, int> Visited { get; } = [];

    /// <summary>Visits that failed at the server.</summary>
    public List<string> Failed { get; } = [];

    /// <summary>Patterns of the pages there are.</summary>
    public IEnumerable<string> Pages => _routes.Where(route => route.Endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null).Select(route => route.Endpoint.RoutePattern.RawText!).Distinct();

    /// <summary>Patterns of what a form can be posted to, beside pages.</summary>
    public IEnumerable<string> Posts => _routes.Where(route => IsPost(route.Endpoint)).Select(route => route.Endpoint.RoutePattern.RawText!)
        .Where(pattern => !pattern.StartsWith("/api/", StringComparison.Ordinal) && !pattern.StartsWith("/_blazor", StringComparison.Ordinal)).Distinct();

    public async Task From(params string[] addresses)
    {
        foreach (var address in addresses)
        {
            Add(new(browser.BaseAddress!, address));
        }
        while (_open.TryDequeue(out var page))
        {
            await Visit(page);
        }
    }

    public string PatternOf(Uri address, bool post) => _routes.FirstOrDefault(route => (!post || IsPost(route.Endpoint) || route.Endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null) && Fits(route, address)).Endpoint?.RoutePattern.RawText ?? "";

    private async Task Visit(Uri page)
    {
        using var answer = await browser.GetAsync(page);
        if (answer.StatusCode >= HttpStatusCode.InternalServerError)
        {
            Failed.Add($"GET {page.PathAndQuery} answered {(int)answer.StatusCode}");
        }
        if (answer.Headers.Location is { } elsewhere)
        {
            Add(new(page, elsewhere));
        }
        if (answer.Content.Headers.ContentType?.MediaType != "text/html")
        {
            return;
        }
        var document = _parser.ParseDocument(await answer.Content.ReadAsStringAsync());
        Met(page.PathAndQuery, document);
        foreach (var link in document.QuerySelectorAll("a[href]:not([download])"))
        {
            Add(new(new Uri(page, "/"), link.GetAttribute("href")!));
        }
        foreach (var form in document.QuerySelectorAll("form").OfType<IHtmlFormElement>())
        {
            var rendered = RenderedForm.Of(form, page, address => PatternOf(address, post: true));
            if (form.GetAttribute("method") == "post")
            {
                Forms.TryAdd(rendered.Key, rendered);
                continue;
            }
            foreach (var field in rendered.Fields)
            {
                foreach (var choice in field.Choices)
                {
                    Add(new(rendered.Action, $"?{string.Join('&', rendered.Fields.Where(f => f.Name != field.Name).SelectMany(f => f.In(Way.NothingTicked)).Append((field.Name, choice)).Select(f => $"{f.Item1}={Uri.EscapeDataString(f.Item2)}"))}"));
                }
            }
        }
    }

    private void Add(Uri address)
    {
        var pattern = PatternOf(address, post: false);
        if (address.Authority == browser.BaseAddress!.Authority && address.Scheme == browser.BaseAddress.Scheme && pattern.Length > 0 && !pattern.StartsWith("/api/", StringComparison.Ordinal)
            && Visited.GetValueOrDefault(pattern) < MostOfAKind && _seen.Add(address.PathAndQuery))
        {
            Visited[pattern] = Visited.GetValueOrDefault(pattern) + 1;
            _open.Enqueue(address);
        }
    }

    private static bool IsPost(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { } methods && methods.Contains("POST") && endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is null;

    private static bool Fits((RouteEndpoint Endpoint, TemplateMatcher Matcher) route, Uri address)
    {
        var values = new RouteValueDictionary();
        return route.Endpoint.RoutePattern.RawText!.Contains("{**", StringComparison.Ordinal) is false && route.Matcher.TryMatch(address.AbsolutePath, values)
            && route.Endpoint.RoutePattern.ParameterPolicies.All(policy => policy.Value.All(p => p.Content switch
            {
                "long" or "int" => long.TryParse($"{values[policy.Key]}", out _),
                "guid" => Guid.TryParse($"{values[policy.Key]}", out _),
                _ => true,
            }));
    }
}
