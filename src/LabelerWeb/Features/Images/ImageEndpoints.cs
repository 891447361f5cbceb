using Labeler.Shared.Imaging;

namespace Labeler.Web.Features.Images;

/// <summary>Pictures by content hash: an address never changes its meaning, so a browser may keep it for ever.</summary>
public static class ImageEndpoints
{
    public static IServiceCollection AddImages(this IServiceCollection services)
    {
        services.AddOptions<ImageOptions>().BindConfiguration("Labeling").ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<Thumbnails>();
    }

    public static IEndpointRouteBuilder MapImages(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/api/images").RequireAuthorization(Role.Annotator);
        images.MapGet("/{hash}/{side:int}.webp", (string hash, int side, Thumbnails thumbnails, HttpContext context) =>
            ContentHash.IsHash(hash) && Thumbnails.Sides.Contains(side)
                ? Send(() => thumbnails.Shrunk(hash, side, context.RequestAborted), context) : Task.FromResult(Results.NotFound()));
        images.MapGet("/{hash}/original", (string hash, Thumbnails thumbnails, HttpContext context) =>
            ContentHash.IsHash(hash) ? Send(() => thumbnails.Whole(hash, context.RequestAborted), context)
                : Task.FromResult(Results.NotFound()));
        return routes;
    }

    internal static async Task<IResult> Send(Func<Task<string?>> find, HttpContext context)
    {
        try
        {
            if (await find() is not { } path)
            {
                return Results.NotFound();
            }
            var start = new byte[16];
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 14,
                FileOptions.Asynchronous);
            var format = PictureFormats.Of(start.AsSpan(0, await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false)));
            file.Position = 0;
            context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
            return Results.Stream(file, format!.Value.MediaType());
        }
        catch (StorageException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception e) when (e is LabelerException or PictureException)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }
}
