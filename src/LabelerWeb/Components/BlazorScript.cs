using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;

namespace Labeler.Web.Components;

/// <summary>
/// Answers <c>/_framework/blazor.web.js</c> from the assembly that build/blazor-web-js.targets lays beside the application.
/// </summary>
public static class BlazorScript
{
    private const string Resource = "_framework/blazor.web.js";

    private static readonly byte[] script = Read(Path.Combine(AppContext.BaseDirectory, "blazor-script", "Microsoft.AspNetCore.Components.Endpoints.dll"));

    /// <summary>The script's address with its content hash, so that it may be cached for a year.</summary>
    public static string Address { get; } = $"{Resource}?v={Convert.ToHexStringLower(SHA256.HashData(script))[..12]}";

    public static IEndpointRouteBuilder MapBlazorScript(this IEndpointRouteBuilder routes)
    {
        routes.MapGet($"/{Resource}", (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(script, "text/javascript; charset=utf-8");
        }).AllowAnonymous();
        return routes;
    }

    private static byte[] Read(string path)
    {
        using var assembly = new PEReader(File.OpenRead(path));
        var metadata = assembly.GetMetadataReader();
        var resource = metadata.ManifestResources.Select(metadata.GetManifestResource).Single(r => metadata.StringComparer.Equals(r.Name, Resource));
        var start = assembly.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress;
        var reader = assembly.GetSectionData(start).GetReader();
        reader.Offset = checked((int)resource.Offset);
        return reader.ReadBytes(reader.ReadInt32());
    }
}
