using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Shared.Projects;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.EveryForm;

/// <summary>Every form that the application shows, found by following its links, so that a new one is tried without being named here.</summary>
public sealed class EveryFormTests
{
    private const string Name = "Everybody's admin";

    // What scripts post, and no form.
    private static readonly string[] WithoutForm = ["/account/theme", "/account/tour", "/projects/check", "/account/passkeys/options", "/sign-in/passkey/options"];

    [Fact]
    public async Task No_form_fails_at_the_server_with_nothing_ticked_with_everything_or_with_what_nobody_types()
    {
        await using var host = new WebHost { OnKestrel = true, Settings = [("Captions:Endpoint", "http://127.0.0.1:1/v1"), ("Captions:Model", "none")] };
        using var admin = await AnnotatorClient.Open(host, Name, Role.Admin);
        await EveryState.Make(host, admin);
        // Another device, whose session can be ended.
        using var elsewhere = host.Browser();
        await elsewhere.SignIn(Name);
        var inside = new Crawl(host, admin.Http);
        await inside.From(["/", "/error/404", .. await OfTables(host)]);
        using var stranger = host.Browser();
        var outside = new Crawl(host, stranger);
        await outside.From(["/sign-in", "/sign-in/code", .. await Links(host)]);

        None(inside.Failed.Concat(outside.Failed));
        None(inside.Pages.Except(inside.Visited.Keys).Except(outside.Visited.Keys));
        None(inside.Posts.Except(inside.Forms.Values.Concat(outside.Forms.Values).Select(form => form.Pattern)).Except(WithoutForm));

        // The scripts' token, which would stand above the forms'.
        admin.Http.DefaultRequestHeaders.Remove("RequestVerificationToken");
        // What cannot be undone comes last.
        var failed = new List<string>();
        foreach (var form in inside.Forms.Values.OrderBy(form => form.IsConfirmed))
        {
            await Fill(admin.Http, form, async () =>
            {
                // One of the forms signs out.
                using var account = await admin.Http.GetAsync("/account");
                if (account.StatusCode == HttpStatusCode.Found)
                {
                    await admin.Http.SignIn(Name);
                }
                return await admin.Http.FormToken("/account");
            }, failed);
        }
        foreach (var form in outside.Forms.Values)
        {
            await Fill(stranger, form, () => stranger.FormToken("/sign-in"), failed);
        }
        None(failed);
    }

    // One line for each, so that a failure names all of them.
    private static void None(IEnumerable<string> wrong) => Assert.True(!wrong.Any(), string.Join("\n", wrong));

    private static async Task Fill(HttpClient browser, RenderedForm form, Func<Task<string>> token, List<string> failed)
    {
        browser.DefaultRequestHeaders.Referrer = new(browser.BaseAddress!, form.Page);
        foreach (var way in Enum.GetValues<Way>())
        {
            using var content = form.Filled(way, await token());
            if (content is null)
            {
                continue;
            }
            using var answer = await browser.PostAsync(form.Action, content);
            // What was taken has to be shown, too.
            using var after = await browser.GetAsync(form.Page);
            if (answer.StatusCode >= HttpStatusCode.InternalServerError || after.StatusCode >= HttpStatusCode.InternalServerError)
            {
                failed.Add($"{way} of {form.Key} on {form.Page} answered {(int)answer.StatusCode}, and the page then {(int)after.StatusCode}");
            }
        }
    }

    // Rows of tables come by the circuit, and with them the links to what they are about.
    internal static async Task<string[]> OfTables(WebHost host) =>
    [
        .. (await host.With<LabelerDb, List<Guid>>(db => db.Users.Select(a => a.Id).ToListAsync())).Select(id => $"/people/{id}"),
        .. (await host.With<LabelerDb, List<string>>(db => db.Projects.Where(p => p.Source == PictureSource.Checkpoints).Select(p => p.Slug).ToListAsync())).Select(slug => $"/compare/evaluations/{slug}"),
        .. (await host.With<LabelerDb, List<long>>(db => db.Checkpoints.Select(c => c.Id).ToListAsync())).Select(id => $"/lineage/{id}"),
        .. (await host.With<LabelerDb, List<long>>(db => db.Webhooks.Select(w => w.Id).ToListAsync())).Select(id => $"/webhooks/{id}"),
        .. (await host.With<LabelerDb, List<Labeler.Shared.Webhooks.Delivery>>(db => db.Deliveries.ToListAsync())).Select(one => $"/webhooks/{one.WebhookId}?delivery={one.Id}"),
        .. await Members(host),
    ];

    private static async Task<IEnumerable<string>> Members(WebHost host) =>
        (await host.With<LabelerDb, List<Member>>(db => db.Members.ToListAsync())).Select(member => $"/p/judged/members?who={member.AccountId}");

    // What people are sent: an invitation, and a link to a new password.
    private static async Task<string[]> Links(WebHost host)
    {
        var account = await host.Make("Forgetful", Role.Annotator);
        var reset = await host.With<UserManager<Account>, string>(async accounts => await accounts.GeneratePasswordResetTokenAsync((await accounts.FindByIdAsync(account.Id.ToString()))!));
        var invitation = await host.With<LabelerDb, string>(async db =>
        {
            var written = Invitation.Write(db, Role.Annotator, null, "", DateTimeOffset.UtcNow);
            await db.SaveChangesAsync();
            return written;
        });
        return [$"/invitation/{invitation}", $"/reset/{account.Id}?token={Uri.EscapeDataString(reset)}"];
    }
}
