using Labeler.Web.Components;
using Labeler.Web.Features.Errors;
using Labeler.Web.Features.Health;
using Labeler.Web.Hosting;
using Labeler.Web.Security;

var (run, exitCode) = RunOptions.Parse(args);
if (run is null)
    return exitCode;

return await HostingSetup.RunToEnd(async () =>
{
    var builder = HostingSetup.CreateBuilder(args, run);
    builder.AddHosting(DataFolder.Open(run.Data));
    builder.Services.AddAuthentication("Labeler").AddCookie("Labeler", c => { c.LoginPath = "/sign-in"; c.Events.OnRedirectToAccessDenied = r => { r.Response.StatusCode = 403; return Task.CompletedTask; }; });
    builder.Services.AddPolicies().AddRateLimits().AddCascadingAuthenticationState().AddHttpContextAccessor();
    builder.Services.AddRazorComponents().AddInteractiveServerComponents();

    var app = builder.Build();
    app.UseForwardedHeaders();
    app.UseSecurityHeaders();
    app.UseErrorPages();
    app.UseRouting();
    app.UseAuthentication();
    app.UseAuthorization();
    app.UseRateLimiter();
    app.UseAntiforgery();

    app.MapStaticAssets().AllowAnonymous();
    app.MapBlazorScript();
    app.MapHealth();
    // Our own policy already forbids frames.
    app.MapRazorComponents<App>().AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null);
    await app.RunAsync();
});

/// <summary>The web application's entry point, named so that tests can host it.</summary>
public partial class Program;
