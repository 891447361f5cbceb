using System.Globalization;
using Labeler.Shared.Retention;
using Microsoft.AspNetCore.WebUtilities;

namespace Labeler.Web.Features.Retention;

public static class RetentionEndpoints
{
    private const string Page = "/system/space";

    public static IServiceCollection AddRetention(this IServiceCollection services) =>
        services.AddSingleton<SpaceWatch>().AddHostedService<RetentionSchedule>();

    public static IEndpointRouteBuilder MapRetention(this IEndpointRouteBuilder routes)
    {
        var posts = routes.MapPosts(Page, Role.Admin);
        posts.MapPost("/rules", async (HttpContext context, LabelerDb db) =>
        {
            var settings = Posted(context.Request.Form);
            if (context.Request.Form["do"] == "preview")
            {
                return LocalAddress.Redirect(Preview(settings));
            }
            await RetentionPolicy.Set(db, settings);
            await db.SaveChangesAsync();
            return context.Done("The rules are saved. Nothing is removed before it is asked for, or due.", Page);
        });
        posts.MapPost("/apply", async (HttpContext context, LabelerDb db, RetentionRun run, SpaceWatch space) =>
        {
            // Once begun it is brought to its end, also when the page is left.
            var freed = await run.Apply((await RetentionPolicy.Read(db)).Settings, CancellationToken.None);
            space.Forget();
            return context.Done(freed.Count == 0 ? "No rule is set, so nothing was removed."
                : Texts.Say($"Removed: {string.Join("; ", freed.Select(Sentence))}."), Page);
        });
        return routes;
    }

    private static string Preview(RetentionSettings settings) => QueryHelpers.AddQueryString(Page, RetentionFields.All
        .Where(field => field.Type == typeof(bool) ? field.IsOn(settings) : field.Text(settings).Length > 0)
        .Select(field => KeyValuePair.Create(RetentionFields.InAddress(field), (string?)field.Text(settings)))
        .Append(new("shown", "1")));

    private static string Sentence(Freed freed) => string.Create(CultureInfo.InvariantCulture,
        $"{Texts.Of(freed.Rule).ToLowerInvariant()} {freed.Count:N0}") + (freed.Bytes is { } bytes ? $", {Sizes.Text(bytes)}" : "");

    /// <exception cref="LabelerException">A number is none, or out of its bounds.</exception>
    private static RetentionSettings Posted(IFormCollection posted)
    {
        List<string> faults = [];
        var settings = SettingField.Fill(RetentionFields.All, new RetentionSettings(), posted, faults);
        faults.AddRange(settings.Faults());
        return faults.Count == 0 ? settings : throw new LabelerException(string.Join(" ", faults));
    }
}
