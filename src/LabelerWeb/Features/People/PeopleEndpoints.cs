using Labeler.Web.Features.Accounts.TwoFactor;
using Labeler.Web.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.People;

public static class PeopleEndpoints
{
    public static IServiceCollection AddPeople(this IServiceCollection services) => services.AddScoped<Deletion>()
        .AddScoped<Inviting>();

    public static IEndpointRouteBuilder MapPeople(this IEndpointRouteBuilder routes)
    {
        var people = routes.MapPosts("/people", Role.Admin);
        people.MapPost("/invite", Invite);
        people.MapPost("/invitations/{id:long}/revoke", Revoke);
        people.MapPost("/{id:guid}/role",
            async (Guid id, [FromForm] string role, HttpContext context, UserManager<Account> accounts, LabelerDb db, TimeProvider time) =>
        {
            var person = await accounts.GiveRole(db, id, role, time.GetUtcNow());
            return Back(context, Texts.Say($"{person.DisplayName} is now {Texts.Of(role)}."), id);
        });
        people.MapPost("/{id:guid}/disable",
            async (Guid id, HttpContext context, UserManager<Account> accounts, LabelerDb db, TimeProvider time) =>
            Back(context, Texts.Say($"{(await accounts.Disable(db, id, time.GetUtcNow())).DisplayName} can no longer sign in."), id));
        people.MapPost("/{id:guid}/enable", async (Guid id, HttpContext context, UserManager<Account> accounts) =>
            Back(context, Texts.Say($"{(await accounts.Enable(id)).DisplayName} can sign in again."), id));
        people.MapPost("/{id:guid}/reset", Reset);
        people.MapPost("/{id:guid}/second-factor", async (Guid id, HttpContext context, SecondFactor factor, UserManager<Account> accounts,
            LabelerDb db, TimeProvider time) =>
        {
            var person = await accounts.Change(db, id, time.GetUtcNow(), async changed =>
            {
                LabelerException.ThrowIf(changed.PasswordHash is null, "They sign in elsewhere and have no password here.");
                await factor.Remove(changed);
                await db.UserPasskeys.Where(passkey => passkey.UserId == id).ExecuteDeleteAsync();
                await db.UserLogins.Where(login => login.UserId == id).ExecuteDeleteAsync();
            });
            return Back(context, Texts.Say($"{person.DisplayName} signs in by the password alone now."), id);
        });
        people.MapPost("/{id:guid}/delete", async (
            Guid id, [FromForm] string? votes, [FromForm] string? name, HttpContext context, Deletion deletion) =>
        {
            LabelerException.ThrowIf(votes is not ("keep" or "withdraw"), "Choose what becomes of their votes.");
            // Once begun it is brought to its end, also when the page is left.
            await deletion.Delete(id, votes == "withdraw", name ?? "", CancellationToken.None);
            return Back(context, votes == "withdraw" ? "They are deleted, and their votes teach no further model."
                : "They are deleted. Their votes stay, without a name.", id);
        });
        return routes;
    }

    private static async Task<IResult> Invite(
        [FromForm] string role, [FromForm] string? note, [FromForm] string? mailbox, HttpContext context, Inviting inviting)
    {
        context.Tell(await inviting.Invite(context, role, note?.Trim() ?? "", mailbox?.Trim() ?? ""));
        return LocalAddress.Redirect("/people");
    }

    private static async Task<IResult> Revoke(long id, HttpContext context, LabelerDb db, TimeProvider time)
    {
        if (await db.Invitations.FindAsync(id) is not { } invitation)
        {
            throw new LabelerException("There is no such invitation; load the page again.");
        }
        invitation.Revoke(time.GetUtcNow());
        await db.SaveChangesAsync();
        return Back(context, Texts.Say($"The link no longer works."));
    }

    private static async Task<IResult> Reset(Guid id, HttpContext context, UserManager<Account> accounts)
    {
        var account = await accounts.Get(id);
        // A password would let them in past what the provider says of them.
        LabelerException.ThrowIf(account.PasswordHash is null, "They sign in elsewhere and have no password here.");
        var token = await accounts.GeneratePasswordResetTokenAsync(account);
        return Back(context, Texts.Say(
            $"With this link {account.DisplayName} sets a new password. It works once, for a day, and is shown only now."),
            id, $"{context.ForLinks()}/reset/{id}?token={Uri.EscapeDataString(token)}");
    }

    private static IResult Back(HttpContext context, string done, Guid? person = null, string? link = null) =>
        context.Done(done, person is { } about ? $"/people/{about}" : "/people", link);
}
