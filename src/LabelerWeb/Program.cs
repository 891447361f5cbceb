using Labeler.Web;
using Labeler.Web.Components.Styling;
using Labeler.Web.Features.Accounts;
using Labeler.Web.Features.Backups;
using Labeler.Web.Features.Comparison;
using Labeler.Web.Features.Dashboard;
using Labeler.Web.Features.Epochs;
using Labeler.Web.Features.Errors;
using Labeler.Web.Features.Evaluations;
using Labeler.Web.Features.Health;
using Labeler.Web.Features.Home;
using Labeler.Web.Features.Images;
using Labeler.Web.Features.Labeling;
using Labeler.Web.Features.People;
using Labeler.Web.Features.Photos;
using Labeler.Web.Features.Places;
using Labeler.Web.Features.Projects;
using Labeler.Web.Features.Review;
using Labeler.Web.Features.Rewards;
using Labeler.Web.Features.Trainer;
using Labeler.Web.Hosting;
using Labeler.Web.Maintenance;
using MudBlazor.Services;

if (MaintenanceCommands.Run(args) is { } done)
{
    return done;
}
var (run, exitCode) = RunOptions.Parse(args);
if (run is null)
{
    return exitCode;
}

return await HostingSetup.RunToEnd(run, async () =>
{
    var builder = HostingSetup.CreateBuilder(args, run).AddHosting(run);
    builder.Services.AddAccounts().AddPolicies().AddRateLimits().AddHealth().AddImages().AddLabeling().AddProjects().AddPhotos()
        .AddPlaces().AddTrainer().AddBackups();
    builder.Services.AddMudServices().AddSingleton<ThemeSheet>().AddRazorComponents()
        .AddInteractiveServerComponents(circuits => builder.Configuration.GetSection("Circuits").Bind(circuits));

    var app = builder.Build();
    app.UseProxies();
    app.UseHsts();
    app.UseCookiePolicy();
    app.UseSecurityHeaders();
    app.UseErrorPages();
    app.UseRouting();
    app.UseBodyLimits();
    app.UseAuthentication();
    app.UseAuthorization();
    app.UseRateLimiter();
    app.UseAntiforgery();

    app.MapStaticAssets().AllowAnonymous();
    ThemeSheet.Map(app);
    app.MapHealth();
    app.MapAccount();
    app.MapPeople();
    app.MapBackups();
    app.MapImages();
    app.MapLabeling();
    app.MapProjects();
    app.MapPhotos();
    app.MapEpochs();
    app.MapDashboard();
    app.MapComparison();
    app.MapEvaluations();
    app.MapRewards();
    app.MapReview();
    app.MapPlaces();
    app.MapOldAddresses();
    // Our own policy already forbids frames.
    app.MapRazorComponents<App>().AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null);

    await app.Prepare();
    await app.RunAsync();
});

/// <summary>The web application's entry point, named so that tests can host it.</summary>
public partial class Program;
