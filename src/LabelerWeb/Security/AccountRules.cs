using System.Security.Claims;
using Labeler.Web.Security.Tokens;
using Labeler.Web.Security.TwoFactor;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Security;

/// <summary>How people prove who they are: names, passwords, sessions, cookies.</summary>
public static class AccountRules
{
    public const string DisplayNameClaim = "display_name";
    public const int ShortestPassword = 10;

    // A token for programs, a cookie for browsers; neither opens what is the other's.
    private const string EitherScheme = "token or cookie";

    /// <summary>Longer ones would only make hashing a burden.</summary>
    public const int LongestPassword = 200;

    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, LiveAuthentication>();
        services.AddAuthentication(EitherScheme)
            .AddPolicyScheme(EitherScheme, null, either => either.ForwardDefaultSelector = context =>
                context.Request.Path.StartsWithSegments("/api/v1") ? TokenAuthentication.Name : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Name, null)
            .AddIdentityCookies();
        services.AddSingleton<IPostConfigureOptions<CookieAuthenticationOptions>, KnownTickets.Setup>();
        services.AddSingleton<TokenUpkeep>().AddHostedService(provider => provider.GetRequiredService<TokenUpkeep>());
        services.AddIdentityCore<Account>(Rules)
            .AddRoles<IdentityRole<Guid>>()
            .AddEntityFrameworkStores<LabelerDb>()
            .AddUserStore<AccountStore>()
            .AddClaimsPrincipalFactory<AccountClaims>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
        services.Configure<SecurityStampValidatorOptions>(o => o.OnRefreshingPrincipal = SessionCookies.Keep);
        services.AddSingleton<Rights>().AddSingleton<FailedSignIns>().AddSingleton<DecoyPassword>().AddScoped<PasswordGate>();
        services.AddSingleton<RightsWatch>().AddHostedService(provider => provider.GetRequiredService<RightsWatch>());
        services.AddSingleton<SessionUpkeep>().AddHostedService(provider => provider.GetRequiredService<SessionUpkeep>());
        services.Configure<DataProtectionTokenProviderOptions>(o => o.TokenLifespan = TimeSpan.FromDays(1));
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = 210_000);
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme)
            .Configure(cookie =>
        {
            cookie.Cookie.Name = "labeler";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.ExpireTimeSpan = Session.Lifetime;
            SessionCookies.Add(cookie.Events);
            cookie.LoginPath = "/sign-in";
            // A status, which the error page explains, instead of a redirect; programs get the bare status.
            cookie.Events.OnRedirectToAccessDenied = refused => Answer(refused.Response, StatusCodes.Status403Forbidden);
            // The sign-in page leads on by itself, to an address that it has looked at.
            cookie.Events.OnRedirectToReturnUrl = _ => Task.CompletedTask;
            var toSignIn = cookie.Events.OnRedirectToLogin;
            cookie.Events.OnRedirectToLogin = refused =>
                IsForPrograms(refused.Request) ? Answer(refused.Response, StatusCodes.Status401Unauthorized) : toSignIn(refused);
        });
        return services;
    }

    private static void Rules(IdentityOptions identity)
    {
        // Length is what counts; rules about kinds of characters lead to worse passwords.
        identity.Password = new()
        {
            RequiredLength = ShortestPassword,
            RequiredUniqueChars = 4,
            RequireDigit = false,
            RequireLowercase = false,
            RequireUppercase = false,
            RequireNonAlphanumeric = false
        };
        // Only an admin disables an account by it; wrong passwords are counted by FailedSignIns.
        identity.Lockout.AllowedForNewUsers = true;
        // Any letters of the world; Account.Rename limits the length and pages escape what they show.
        identity.User.AllowedUserNameCharacters = "";
    }

    private static bool IsForPrograms(HttpRequest request) =>
        request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/_blazor");

    private static Task Answer(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>Adds the name that others see to what the cookie says.</summary>
    internal sealed class AccountClaims(UserManager<Account> accounts, RoleManager<IdentityRole<Guid>> roles,
        IOptions<IdentityOptions> options)
        : UserClaimsPrincipalFactory<Account, IdentityRole<Guid>>(accounts, roles, options)
    {
        protected override async Task<ClaimsIdentity> GenerateClaimsAsync(Account account)
        {
            var identity = await base.GenerateClaimsAsync(account);
            identity.AddClaim(new(DisplayNameClaim, account.DisplayName));
            if (account.TwoFactorEnabled)
            {
                identity.AddClaim(new(SecondFactorRule.Claim, ""));
            }
            return identity;
        }
    }
}
