using Labeler.Shared.Audit;
using Labeler.Web.Security.Tokens;

namespace Labeler.Web.Security;

/// <summary>Writes down what people and programs did by requests, and what was refused to them.</summary>
/// <remarks>Reading is not written down, and neither are votes, which are only ever added themselves.</remarks>
public static partial class AuditTrail
{
    private const string AccountKey = "audit-account", RefusedKey = "audit-refused";

    /// <summary>Of an endpoint whose requests are not written down.</summary>
    public sealed class Untold;

    /// <summary>Of an endpoint whose requests are written down although they only ask.</summary>
    public sealed class Told;

    /// <summary>Before authorization, as what it refuses is told too.</summary>
    public static IApplicationBuilder UseAuditTrail(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        // As it came: who signs out is nobody afterwards, and the page about a failure has an endpoint of its own.
        var (user, endpoint) = (context.User, context.GetEndpoint() as RouteEndpoint);
        var isPost = IsWriting(context.Request) || endpoint?.Metadata.GetMetadata<Told>() is not null;
        var (subject, about, failed) = (Subject(context), ProjectOfRequest.Of(context), true);
        var changes = isPost ? ChangeRecorder.Begin() : null;
        try
        {
            await next(context);
            failed = false;
        }
        finally
        {
            var status = context.Response.StatusCode;
            var refused = context.Items.ContainsKey(RefusedKey) || status is 401 or 403 || (status == 429 && isPost);
            if (endpoint is not null && (refused || isPost) && endpoint.Metadata.GetMetadata<Untold>() is null)
            {
                var outcome = refused ? AuditOutcome.Refused : failed || status >= 400 ? AuditOutcome.Failed : AuditOutcome.Done;
                var entry = new AuditEntry(Clock(context).GetUtcNow(), $"{context.Request.Method} {Pattern(endpoint)}", subject, outcome,
                    $"{context.Connection.RemoteIpAddress}")
                {
                    TokenId = user.TokenId(),
                    AccountId = context.Items[AccountKey] as Guid? ?? (user.AccountId() is var id && id != Guid.Empty ? id : null),
                };
                entry.Tell(changes?.Before, changes?.After);
                await Write(context, entry, about);
            }
        }
    });

    /// <summary>Says that a request was refused, where its status does not.</summary>
    public static void TellRefused(this HttpContext context) => context.Items[RefusedKey] = true;

    /// <summary>Says who a request turned out to be of.</summary>
    public static void TellWho(this HttpContext context, Guid account) => context.Items[AccountKey] = account;

    /// <summary>Writes down what was refused before any endpoint was asked.</summary>
    public static Task WriteRefused(HttpContext context, string action, string subject) => Write(
        context, new(Clock(context).GetUtcNow(), action, subject, AuditOutcome.Refused, $"{context.Connection.RemoteIpAddress}"), null);

    private static bool IsWriting(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && !HttpMethods.IsOptions(request.Method) && !request.Path.StartsWithSegments("/_blazor");

    private static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText?.Trim('/');

    private static string Subject(HttpContext context) =>
        string.Join(", ", context.Request.RouteValues.Where(value => value.Key is not ("page" or "Token") && value.Value is string)
            .Select(value => $"{value.Key} {value.Value}"));

    private static TimeProvider Clock(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>();

    private static async Task Write(HttpContext context, AuditEntry entry, Func<LabelerDb, IQueryable<Project>?>? about)
    {
        try
        {
            await using var db = await context.RequestServices.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
            entry.ProjectId = about?.Invoke(db) is { } projects ? await projects.Select(p => (long?)p.Id).FirstOrDefaultAsync() : null;
            db.AuditEntries.Add(entry);
            await db.SaveChangesAsync();
        }
        catch (Exception error) when (StorageTrouble.Of(error) is not null)
        {
            // What was asked for is done or refused already; the program's own log has what the database could not take.
            LogLost(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AuditTrail)), error, entry.Action,
                entry.Subject, entry.AccountId);
        }
    }

    [LoggerMessage(LogLevel.Error, "Not written into the audit log: {Action}, {Subject}, by {Account}")]
    private static partial void LogLost(ILogger log, Exception error, string action, string subject, Guid? account);
}
