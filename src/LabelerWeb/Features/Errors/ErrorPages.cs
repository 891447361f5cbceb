using Microsoft.AspNetCore.Diagnostics;

namespace Labeler.Web.Features.Errors;

public static class ErrorPages
{
    private const string RetryAfterSeconds = "5";

    /// <summary>
    /// Failures become a page for people; programs, which ask under /api and /health, get the status, alone or as problem details.
    /// </summary>
    public static IApplicationBuilder UseErrorPages(this IApplicationBuilder app) => app
        .Use(SayWhenToComeAgain)
        .UseExceptionHandler(new ExceptionHandlerOptions
        {
            CreateScopeForErrors = true,
            ExceptionHandlingPath = "/error/500",
            StatusCodeSelector = StatusOf,
        })
        .UseWhen(IsForPrograms, programs => programs.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = StatusOf,
            ExceptionHandler = context => Results.Problem(statusCode: context.Response.StatusCode).ExecuteAsync(context),
        }))
        .UseWhen(context => !IsForPrograms(context),
            pages => pages.UseStatusCodePagesWithReExecute("/error/{0}", createScopeForStatusCodePages: true))
        .Use((context, next) =>
        {
            // The page about a failed post is a page to look at, and carries no form token.
            if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null
                || context.Features.Get<IExceptionHandlerFeature>() is not null)
            {
                context.Request.Method = HttpMethods.Get;
            }
            return next(context);
        });

    private static int StatusOf(Exception error) => error is BadHttpRequestException bad ? bad.StatusCode
        : StorageTrouble.Of(error) is null ? StatusCodes.Status500InternalServerError : StatusCodes.Status503ServiceUnavailable;

    // Whatever says that the server is busy says when to come again.
    private static Task SayWhenToComeAgain(HttpContext context, Func<Task> next)
    {
        context.Response.OnStarting(() =>
        {
            if (context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
            {
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
            }
            return Task.CompletedTask;
        });
        return next();
    }

    private static bool IsForPrograms(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/health");
}
