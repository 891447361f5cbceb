using System.Collections.Frozen;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Shared.Projects;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Members;

/// <summary>Every address of the running server that is about a project, filled in with what is there.</summary>
internal sealed class EveryAddress(WebHost host)
{
    // Whatever has a place in its address to fill in, and is about no project. Whoever lengthens this list says that membership does not
    // matter there.
    private static readonly string[] OfNoProject =
    [
        "/invitation/{Token}", "/reset/{Id:guid}", "/error/{Code:int}", "/account/sessions/{id:guid}/end", "/account/tokens/{id:guid}/revoke", "/people/{Id:guid}",
        "/people/invitations/{id:long}/revoke", "/people/{id:guid}/role", "/people/{id:guid}/disable", "/people/{id:guid}/enable", "/people/{id:guid}/reset", "/people/{id:guid}/second-factor", "/people/{id:guid}/delete",
        "/people/teams/{Id:long}", "/people/teams/{team:long}/rename", "/people/teams/{team:long}/delete", "/people/teams/{team:long}/add", "/people/teams/{team:long}/{person:guid}/remove",
        "/system/rewards/{Id:long}", "/system/rewards/{id:long}/try", "/system/rewards/{id:long}/use", "/system/rewards/{id:long}/retire",
        "/system/rewards/{id:long}/key", "/system/rewards/{id:long}/discard", "/compare/together/{number:int}.csv", "/compare/scored/{reward:long}.csv", "/compare/runs/{name}.csv",
        "/compare/runs/{name}/results.csv", "/compare/runs/{name}/training.png", "/compare/runs/{name}/remove",
    ];

    /// <param name="Role">The name of the policy that it is for.</param>
    /// <param name="Scope">What a token must be for; null where no token is taken.</param>
    public sealed record One(HttpMethod Method, string Pattern, string Address, string Role, bool IsPage, TokenScope? Scope, bool IsOfProject);

    public static IEnumerable<RouteEndpoint> Endpoints(WebHost host) => host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.Metadata.All(m => m.GetType().Name != "StaticAssetDescriptor"));

    public async Task<IReadOnlyList<One>> OfProjects()
    {
        var values = await host.With<LabelerDb, FrozenDictionary<string, string>>(Values);
        return [.. Endpoints(host).Where(e => IsOfProject(e) && ScopeOf(e) is null).Select(endpoint => Fill(endpoint, values)).DistinctBy(one => (one.Method, one.Pattern))];
    }

    /// <summary>All that take tokens, also outside of projects.</summary>
    public async Task<IReadOnlyList<One>> OfPrograms()
    {
        var values = await host.With<LabelerDb, FrozenDictionary<string, string>>(Values);
        return [.. Endpoints(host).Where(e => ScopeOf(e) is not null).Select(endpoint => Fill(endpoint, values)).DistinctBy(one => (one.Method, one.Pattern))];
    }

    /// <summary>Makes somebody a member of every project.</summary>
    public static Task<int> MakeMember(WebHost host, Guid account, ProjectRole role) => host.With<LabelerDb, int>(async db =>
    {
        foreach (var project in await db.Projects.Where(p => p.DeletedAt == null).Select(p => p.Id).ToListAsync())
        {
            await Member.Put(db, project, account, role, null, DateTimeOffset.UtcNow);
        }
        return await db.SaveChangesAsync();
    });

    public static TokenScope? ScopeOf(RouteEndpoint endpoint) => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy)
        .FirstOrDefault(policy => policy?.StartsWith("scope:", StringComparison.Ordinal) == true) is { } policy ? Enum.Parse<TokenScope>(policy["scope:".Length..]) : null;

    /// <summary>Those lines of the list above to which no address belongs any more.</summary>
    public IEnumerable<string> Outdated() => OfNoProject.Except(Endpoints(host).Select(Pattern));

    public static bool IsOfProject(RouteEndpoint endpoint) => endpoint.RoutePattern.Parameters.Count > 0 && !OfNoProject.Contains(Pattern(endpoint));

    private static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    private static One Fill(RouteEndpoint endpoint, FrozenDictionary<string, string> values)
    {
        var pattern = Pattern(endpoint);
        var parts = endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart parameter => Value(pattern, parameter.Name, values),
            _ => throw new InvalidOperationException(pattern),
        })));
        var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
        var role = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).Last(policy => policy is not null)!;
        var isPage = endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Components.Endpoints.ComponentTypeMetadata>() is not null;
        return new(new(methods.Contains("GET") ? "GET" : methods[0]), pattern, "/" + string.Join('/', parts), role, isPage, ScopeOf(endpoint), IsOfProject(endpoint));
    }

    private static string Value(string pattern, string name, FrozenDictionary<string, string> values)
    {
        if (name.Equals("slug", StringComparison.OrdinalIgnoreCase))
        {
            return values[pattern.StartsWith("/compare/evaluations", StringComparison.Ordinal) ? "evaluation" : "slug"];
        }
        var upTo = pattern[..(pattern.IndexOf($"{{{name}", StringComparison.Ordinal) + 1)].TrimEnd('{');
        return values.GetValueOrDefault(upTo) ?? values.GetValueOrDefault(name.ToLowerInvariant())
            ?? throw new InvalidOperationException($"{pattern}: say here of which project it is, or above that it is of none.");
    }

    private static async Task<FrozenDictionary<string, string>> Values(LabelerDb db)
    {
        var checkpoint = await db.Checkpoints.FirstAsync();
        var project = await db.Projects.SingleAsync(p => p.Id == checkpoint.ProjectId);
        var learned = await db.LearnedRewards.FirstAsync();
        var job = await db.Jobs.FirstAsync(j => j.Kind == Labeler.Shared.Jobs.JobKind.RewardModel);
        var image = await db.Images.FirstAsync(i => db.Groups.Any(g => g.Id == i.GroupId && g.ProjectId == project.Id));
        return new Dictionary<string, string>
        {
            ["slug"] = project.Slug,
            ["evaluation"] = await db.Projects.Where(p => p.Source == PictureSource.Checkpoints && p.DeletedAt == null).Select(p => p.Slug).FirstAsync(),
            ["project"] = $"{project.Id}",
            ["/projects/"] = $"{project.Id}",
            ["/photos/"] = $"{project.Id}",
            ["/sets/"] = $"{project.Id}",
            ["/epochs/projects/"] = $"{project.Id}",
            ["/reward-runs/projects/"] = $"{project.Id}",
            ["/webhooks/projects/"] = $"{project.Id}",
            ["/webhooks/"] = $"{(await db.Webhooks.FirstAsync(w => w.ProjectId == project.Id)).Id}",
            ["delivery"] = Guid.Empty.ToString(),
            ["/epochs/"] = $"{checkpoint.EpochId}",
            ["/epochs/checkpoints/"] = $"{checkpoint.Id}",
            ["epoch"] = $"{checkpoint.EpochId}",
            ["checkpoint"] = $"{checkpoint.Id}",
            ["/lineage/"] = $"{checkpoint.Id}",
            ["/reward-runs/"] = $"{(await db.RewardRuns.FirstAsync()).Id}",
            ["/compare/rewards/"] = $"{learned.Id}",
            ["/p/{Slug}/gallery/"] = $"{image.Id}",
            ["hash"] = image.ContentHash,
            ["job"] = $"{job.Id}",
            ["side"] = "256",
            ["person"] = Guid.Empty.ToString(),
            ["team"] = "1",
            ["number"] = "1",
            ["vote"] = "1",
            ["item"] = "1",
            ["photo"] = "1",
            ["figure"] = "x",
            ["name"] = "x",
        }.ToFrozenDictionary();
    }
}
