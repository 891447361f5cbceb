using Labeler.Web.Security.TwoFactor;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using VoteReview = Labeler.Shared.Voting.Review;

namespace Labeler.Web.Features.Accounts;

public static class AccountEndpoints
{
    public static IEndpointRouteBuilder MapAccount(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapPosts("/account", Role.Annotator);

        account.MapPost("/sign-out", async (SignInManager<Account> signIn) =>
        {
            await signIn.SignOutAsync();
            return LocalAddress.Redirect("/sign-in");
        }).WithMetadata(new SecondFactorRule.Before());

        account.MapPost("/sign-out-everywhere",
            async (HttpContext context, UserManager<Account> accounts, SignInManager<Account> signIn, LabelerDb db, TimeProvider time) =>
        {
            if (await accounts.GetUserAsync(context.User) is not { } mine)
            {
                return Results.Unauthorized();
            }
            await Session.EndAll(db, mine.Id, time.GetUtcNow());
            // What was handed out besides sessions (reset links, marks of known devices) ends too.
            Registration.Require(await accounts.UpdateSecurityStampAsync(mine));
            await signIn.SignOutAsync();
            return context.Done("You are signed out everywhere.", "/sign-in");
        });

        account.MapPost("/sessions/{id:guid}/end", async (Guid id, HttpContext context, LabelerDb db, TimeProvider time) =>
            await Session.End(db, context.User.AccountId(), id, time.GetUtcNow())
                ? context.Done("That session is ended.", "/account")
                : throw new LabelerException("There is no such session any more; load the page again."));

        // The switch in the top bar; the browser has changed its colors already.
        account.MapPost("/theme", async ([FromForm] string theme, HttpContext context, UserManager<Account> accounts) =>
        {
            if (!Enum.TryParse<Theme>(theme, ignoreCase: true, out var chosen) || !Enum.IsDefined(chosen))
            {
                return Results.BadRequest();
            }
            if (await accounts.GetUserAsync(context.User) is not { } mine)
            {
                return Results.Unauthorized();
            }
            mine.Choose(chosen);
            Registration.Require(await accounts.UpdateAsync(mine));
            return Results.NoContent();
        }).WithMetadata(new AuditTrail.Untold(), new SecondFactorRule.Before());

        account.MapPost("/tour", TourEndpoint.Post);

        account.MapPost("/withdraw", async (HttpContext context, UserManager<Account> accounts, VoteReview review, TimeProvider time) =>
        {
            if (await accounts.GetUserAsync(context.User) is not { } mine)
            {
                return Results.Unauthorized();
            }
            mine.Withdraw(time.GetUtcNow());
            Registration.Require(await accounts.UpdateAsync(mine));
            await review.Withdraw(mine.Id, context.RequestAborted);
            return context.Done("Your votes teach no further model.", "/account");
        });
        return routes;
    }
}
