using System.Net;
using Labeler.Shared;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Labeler.Web.Features.Accounts;
using Labeler.Web.Features.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests;

public sealed class AccountTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        using var browser = await host.SignedIn("Dana", Role.Admin);
        var answer = await browser.PostAsync("/people/invite", new FormUrlEncodedContent([new("role", Role.Admin)]));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/account/withdraw", null)).StatusCode);
    }

    [Fact]
    public async Task A_link_makes_one_account_however_many_people_open_it()
    {
        await host.Make("Eve", Role.Admin);
        var token = await host.With<LabelerDb, string>(async db =>
        {
            var written = Invitation.Write(db, Role.Lead, null, "", DateTimeOffset.UtcNow);
            await db.SaveChangesAsync();
            return written;
        });
        var joins = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Try(() => Join(token, $"Twin {n}"))));
        Assert.Equal(1, joins.Count(joined => joined));
    }

    [Fact]
    public async Task A_name_with_markup_is_shown_as_text()
    {
        using var admin = await host.SignedIn("<script>alert(1)</script>", Role.Admin);
        var id = await host.With<LabelerDb, Guid>(db => db.Users.Where(a => a.DisplayName == "<script>alert(1)</script>").Select(a => a.Id).SingleAsync());
        foreach (var address in new[] { "/people", $"/people/{id}" })
        {
            var page = await admin.GetStringAsync(address);
            Assert.DoesNotContain("<script>alert", page);
            Assert.Contains("&lt;script&gt;alert(1)", page);
        }
    }

    [Fact]
    public async Task A_person_s_page_says_what_they_judged_and_what_can_be_done_and_one_of_nobody_is_not_there()
    {
        using var admin = await host.SignedIn("Paula of pages", Role.Admin);
        await using var seeded = await SeededProject.Create(host.Data, "Judged by Quentin", LabelingTask.FlagBatch, groups: 2);
        using var quentin = await AnnotatorClient.Open(host, "Quentin");
        foreach (var item in await quentin.Items(seeded.Project.Id))
        {
            await quentin.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
        }
        var address = $"/people/{quentin.Account}";
        var page = await admin.GetStringAsync(address);
        Assert.Contains("<dt>Votes</dt><dd class=\"number\">2</dd>", page);
        Assert.Contains($"href=\"p/{seeded.Project.Slug}/review?who={quentin.Account}\"", page);
        Assert.Contains("<option value=\"annotator\" selected", page);
        Assert.DoesNotContain("/enable\"", page);

        using var answer = await admin.Post(address, $"{address}/disable");
        Assert.Equal(address, answer.Headers.Location!.OriginalString);
        page = await admin.GetStringAsync(address);
        Assert.Contains("Quentin can no longer sign in.", page);
        Assert.Contains("disabled", page);
        Assert.DoesNotContain("/disable\"", page);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"/people/{Guid.NewGuid()}")).StatusCode);
    }

    [Fact]
    public async Task The_last_admin_can_neither_be_disabled_nor_demoted()
    {
        await using var alone = new WebHost();
        var only = await alone.Make("Finn", Role.Admin);
        await Assert.ThrowsAsync<LabelerException>(() => alone.With<IServiceProvider, Account>(s => Accounts(s).Disable(Db(s), only.Id, DateTimeOffset.UtcNow)));
        await Assert.ThrowsAsync<LabelerException>(() => alone.With<IServiceProvider, Account>(s => Accounts(s).GiveRole(Db(s), only.Id, Role.Annotator, DateTimeOffset.UtcNow)));
        using var browser = alone.Browser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignIn("Finn")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/people")).StatusCode);
    }

    [Fact]
    public async Task A_disabled_account_cannot_sign_in_and_an_enabled_one_can_again()
    {
        using var admin = await host.SignedIn("Gil", Role.Admin);
        var annotator = await host.Make("Hana", Role.Annotator);
        await admin.Post("/people", $"/people/{annotator.Id}/disable");
        using var browser = host.Browser();
        Assert.Equal(HttpStatusCode.OK, (await browser.SignIn("Hana")).StatusCode);
        await admin.Post("/people", $"/people/{annotator.Id}/enable");
        Assert.Equal(HttpStatusCode.Found, (await browser.SignIn("Hana")).StatusCode);
    }

    [Fact]
    public async Task Signing_in_leads_back_to_a_page_of_ours_and_never_to_a_stranger()
    {
        await host.Make("Ivo", Role.Annotator);
        Assert.Equal("/account", await LeadsTo("/account"));
        Assert.Equal("/", await LeadsTo("//elsewhere.example"));
        Assert.Equal("/", await LeadsTo("https://elsewhere.example/"));
    }

    [Fact]
    public async Task A_reset_link_sets_a_new_password_once()
    {
        var account = await host.Make("Jo", Role.Annotator);
        var token = await host.With<UserManager<Account>, string>(async accounts => await accounts.GeneratePasswordResetTokenAsync((await accounts.FindByIdAsync(account.Id.ToString()))!));
        var page = $"/reset/{account.Id}?token={Uri.EscapeDataString(token)}";
        const string chosen = "another few words";
        using var browser = host.Browser();
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit(page, "reset", ("Form.Password", chosen), ("Form.Again", chosen))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.Submit(page, "reset", ("Form.Password", "third words here"), ("Form.Again", "third words here"))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignIn("Jo", chosen)).StatusCode);
    }

    private async Task<string> LeadsTo(string returnUrl)
    {
        using var browser = host.Browser();
        var answer = await browser.Submit($"/sign-in?ReturnUrl={Uri.EscapeDataString(returnUrl)}", "sign-in", ("Form.Name", "Ivo"), ("Form.Password", Forms.Password));
        var location = answer.Headers.Location!;
        return location.IsAbsoluteUri && location.Host != "localhost" ? location.OriginalString : new Uri(new Uri("http://localhost"), location).AbsolutePath;
    }

    private Task<Account> Join(string token, string name) => host.With<IServiceProvider, Account>(s => Accounts(s).Join(Db(s), token, name, Forms.Password, DateTimeOffset.UtcNow));

    private static async Task<bool> Try(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (LabelerException)
        {
            return false;
        }
    }

    private static UserManager<Account> Accounts(IServiceProvider services) => services.GetRequiredService<UserManager<Account>>();

    private static LabelerDb Db(IServiceProvider services) => services.GetRequiredService<LabelerDb>();
}
