using Labeler.Shared.Imaging;
using Microsoft.Win32.SafeHandles;

namespace Labeler.Web.Features.Images;

/// <summary>Pictures by content hash: an address never changes its meaning, so a browser may keep it for ever.</summary>
public static class ImageEndpoints
{
    // Bytes; below what the runtime keeps apart as large.
    private const int Small = 80_000;

    // Bytes by which a format is known.
    private const int Head = 16;

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
            context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
            return Content(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));
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

    // A thumbnail is read where it is asked for: the system has it in memory, and to wait for another thread costs more than the copy.
    private static IResult Content(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var start = new byte[length < Small ? (int)length : Head];
        var read = 0;
        while (read < start.Length && RandomAccess.Read(file, start.AsSpan(read), read) is > 0 and var more)
        {
            read += more;
        }
        var type = PictureFormats.Of(start)!.Value.MediaType();
        if (length >= Small)
        {
            return Results.Stream(new FileStream(file, FileAccess.Read, 1 << 14), type);
        }
        file.Dispose();
        return Results.Bytes(start, type);
    }
}
