using System.Security.Claims;
using Labeler.Web.Components.Tours;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Accounts;

/// <summary>Remembers that somebody was shown around, so that they are not again; js/tour.js says so.</summary>
internal static class TourEndpoint
{
    public static async Task<IResult> Post([FromForm] string? tour, HttpContext context, SignInManager<Account> signIn)
    {
        if (!Tour.All.Any(one => one.Name == tour))
        {
            return Results.BadRequest();
        }
        var accounts = signIn.UserManager;
        if (await accounts.GetUserAsync(context.User) is not { } mine)
        {
            return Results.Unauthorized();
        }
        var seen = new Claim(Tour.Claim, tour!);
        if (!(await accounts.GetClaimsAsync(mine)).Any(one => one.Type == seen.Type && one.Value == seen.Value))
        {
            Registration.Require(await accounts.AddClaimAsync(mine, seen));
            await signIn.RefreshSignInAsync(mine);
        }
        return Results.NoContent();
    }
}
