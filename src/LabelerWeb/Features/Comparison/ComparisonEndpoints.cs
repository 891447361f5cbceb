using Labeler.Shared.Imaging;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Comparison;

public static class ComparisonEndpoints
{
    private const int FormOverhead = 64 * 1024;

    public static IEndpointRouteBuilder MapComparison(this IEndpointRouteBuilder routes)
    {
        var gets = routes.MapGroup("/compare").RequireAuthorization(Role.Lead);
        gets.MapGet("/curves.csv", async (HttpContext context, LabelerDb db) =>
            (await ComparedProjects.Read(db, context.User.Viewer(), context.Request.Query, context.RequestAborted)).Table
                .ToDownload("curves.csv"));
        gets.MapGet("/scored/{reward:long}.csv", async (long reward, HttpContext context, LabelerDb db) =>
            (await ComparedProjects.Read(db, context.User.Viewer(), context.Request.Query, context.RequestAborted)).Rewards
                .FirstOrDefault(one => one.Reward.Id == reward)?.Table.ToDownload($"reward-{reward}.csv") ?? Results.NotFound());
        gets.MapGet("/together/{number:int}.csv", (int number, HttpContext context, RunFiles runs) =>
            ComparedFiles.Read(runs, context.Request.Query).Tables.ElementAtOrDefault(number - 1)?.ToDownload($"together-{number}.csv")
                ?? Results.NotFound());
        gets.MapGet("/runs/{name}.csv", (string name, RunFiles runs) => Download(name, runs));
        gets.MapGet("/runs/{name}/results.csv", (string name, RunFiles runs) => Download($"{name}/results", runs));
        gets.MapGet("/runs/{name}/training.png", (string name, RunFiles runs) =>
            runs.Find($"{name}/results")?.Sheet is { } sheet ? Sheet(File.ReadAllBytes(sheet)) : Results.NotFound());
        var posts = routes.MapPosts("/compare/runs", Role.Lead);
        posts.MapPost("", Add).WithMetadata(new RequestSizeLimitAttribute(RunFiles.LargestFile + FormOverhead));
        posts.MapPost("/{name}/remove", (string name, HttpContext context, RunFiles runs) =>
        {
            runs.Remove(name);
            return Back(context, Texts.Say($"The run {name} is removed."));
        });
        return routes;
    }

    private static IResult Download(string name, RunFiles runs) =>
        runs.Find(name) is { Run: { } run } file ? CurveTable.Of(name, file.Title, run).ToDownload($"{name.Replace('/', '-')}.csv")
            : Results.NotFound();

    private static IResult Sheet(byte[] file)
    {
        try
        {
            var (content, format) = Delivered.Whole(file);
            return Results.Bytes(content, format.MediaType());
        }
        catch (PictureException error)
        {
            return Results.Problem(error.Message, statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static async Task<IResult> Add(IFormFile? file, [FromForm] string? name, HttpContext context, RunFiles runs)
    {
        if (file is null || file.Length == 0)
        {
            throw new LabelerException("Choose a results.csv first.");
        }
        await using var content = file.OpenReadStream();
        var kept = await runs.Keep(string.IsNullOrWhiteSpace(name) ? file.FileName : name, content, context.RequestAborted);
        return Back(context, Texts.Say($"The run {kept} is added."));
    }

    private static IResult Back(HttpContext context, string done) => context.Done(done, "/compare");
}
