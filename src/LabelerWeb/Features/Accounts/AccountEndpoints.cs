using VoteReview = Labeler.Shared.Voting.Review;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

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
        });

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
        });

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
