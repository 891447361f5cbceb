using Labeler.Shared.Automation;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Webhooks;
using Labeler.Shared.Webhooks.Sending;

namespace Labeler.Web.Features.Webhooks;

public static class WebhookEndpoints
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton(
            provider => provider.GetRequiredService<IConfiguration>().GetSection(ReachOptions.Section).Get<ReachOptions>() ?? new());
        services.AddSingleton(provider => MailOptions.Read(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<MailPost>().AddSingleton<DeliveryQueue>().AddSingleton<EpochReadiness>().AddScoped<WebhookEditing>();
        return services.AddHostedService<WebhookSender>().AddHostedService<WebhookUpkeep>();
    }

    public static IEndpointRouteBuilder MapWebhooks(this IEndpointRouteBuilder routes)
    {
        routes.MapPosts("/system/webhooks", Role.Admin).MapPost("/new", (HttpContext context, WebhookEditing editing) =>
            Add(null, context, editing));
        routes.MapPosts("/webhooks/projects/{id:long}", Role.Lead).MapPost("/new", (long id, HttpContext context, WebhookEditing editing) =>
            Add(id, context, editing));
        var one = routes.MapPosts("/webhooks/{hook:long}", Role.Lead);
        one.MapPost("/change", (long hook, HttpContext context, WebhookEditing editing) => Change(hook, context, editing,
            webhook => editing.Rewrite(webhook, $"{context.Request.Form["name"]}", $"{context.Request.Form["address"]}", Events(context)),
            "It is changed."));
        one.MapPost("/on", (long hook, HttpContext context, WebhookEditing editing) => Change(hook, context, editing,
            webhook => webhook.SwitchOn(), "It is on. What waited is sent now."));
        one.MapPost("/off", (long hook, HttpContext context, WebhookEditing editing) => Change(hook, context, editing,
            webhook => webhook.SwitchOff(), "It is off: nothing is sent, and what happens meanwhile is not kept for it."));
        one.MapPost("/secret", async (long hook, HttpContext context, WebhookEditing editing) =>
            context.Done("This is the new secret; the old one signs nothing any more. It is shown only now.", Page(hook),
                await editing.NewSecret(hook)));
        one.MapPost("/remove", async (long hook, HttpContext context, WebhookEditing editing) =>
            context.Done("The webhook is removed, with its log.", await editing.Remove(hook)));
        one.MapPost("/test", async (long hook, HttpContext context, WebhookEditing editing) =>
            Sent(hook, context, await editing.Test(hook, context.RequestAborted)));
        one.MapPost("/deliveries/{delivery:guid}/again", async (long hook, Guid delivery, HttpContext context, WebhookEditing editing) =>
            Sent(hook, context, await editing.Again(hook, delivery, context.RequestAborted)));
        return routes;
    }

    private static async Task<IResult> Add(long? project, HttpContext context, WebhookEditing editing)
    {
        var (webhook, secret) = await editing.Add(project, $"{context.Request.Form["name"]}", $"{context.Request.Form["address"]}",
            Events(context), context.User.AccountId());
        return webhook.Mailbox is { } mailbox
            ? context.Done(Texts.Say($"It is mailed to {mailbox}. Send a test event to see that it arrives."), Page(webhook.Id))
            : context.Done(
            Texts.Say($"This is the secret with which messages to {webhook.Name} are signed. It is shown only now."), Page(webhook.Id),
            secret);
    }

    private static async Task<IResult> Change(long hook, HttpContext context, WebhookEditing editing, Action<Webhook> verb, string done)
    {
        await editing.Change(hook, verb);
        return context.Done(done, Page(hook));
    }

    private static IResult Sent(long hook, HttpContext context, DeliveryAttempt? attempt)
    {
        context.Tell(attempt switch
        {
            null => new("It is on its way already."),
            { Said: null } => new(Texts.Say($"It arrived: answered {attempt.Status} after {attempt.Milliseconds} ms.")),
            { Status: { } status } => new(Texts.Say($"It was not taken: answered {status}. {attempt.Said}"), Tone.Bad),
            _ => new(Texts.Say($"It did not arrive: {attempt.Said}"), Tone.Bad),
        });
        return LocalAddress.Redirect(Page(hook));
    }

    private static IEnumerable<EventKind> Events(HttpContext context) =>
        context.Request.Form["event"].Select(EventKinds.Named).OfType<EventKind>();

    private static string Page(long hook) => $"/webhooks/{hook}";
}
