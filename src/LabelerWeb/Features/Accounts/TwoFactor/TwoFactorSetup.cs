using Labeler.Web.Security.TwoFactor;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Features.Accounts.TwoFactor;

public static class TwoFactorSetup
{
    public static IServiceCollection AddTwoFactor(this IServiceCollection services) => services.AddScoped<SecondFactor>();

    public static IEndpointRouteBuilder MapTwoFactor(this IEndpointRouteBuilder routes)
    {
        routes.MapPosts(SecondFactorRule.Page, Role.Annotator).MapPost("/begin", async (HttpContext context, IServiceProvider services) =>
        {
            if (await services.GetRequiredService<UserManager<Account>>().GetUserAsync(context.User) is not { } mine)
            {
                return Results.Unauthorized();
            }
            await services.GetRequiredService<SecondFactor>().Begin(mine);
            return LocalAddress.Redirect(SecondFactorRule.Page);
        });
        return routes;
    }
}
