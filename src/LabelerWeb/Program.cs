using Labeler.Web;
using Labeler.Web.Components.Styling;
using Labeler.Web.Components.Tours;
using Labeler.Web.Features.Accounts;
using Labeler.Web.Features.Accounts.Linking;
using Labeler.Web.Features.Accounts.Passkeys;
using Labeler.Web.Features.Accounts.TwoFactor;
using Labeler.Web.Features.Api;
using Labeler.Web.Features.Backups;
using Labeler.Web.Features.Comparison;
using Labeler.Web.Features.Dashboard;
using Labeler.Web.Features.Epochs;
using Labeler.Web.Features.Errors;
using Labeler.Web.Features.Evaluations;
using Labeler.Web.Features.Gallery;
using Labeler.Web.Features.Health;
using Labeler.Web.Features.Home;
using Labeler.Web.Features.Images;
using Labeler.Web.Features.InstalledRewards;
using Labeler.Web.Features.Labeling;
using Labeler.Web.Features.Lineage;
using Labeler.Web.Features.Members;
using Labeler.Web.Features.OpenId;
using Labeler.Web.Features.People;
using Labeler.Web.Features.Photos;
using Labeler.Web.Features.Places;
using Labeler.Web.Features.Projects;
using Labeler.Web.Features.Retention;
using Labeler.Web.Features.Review;
using Labeler.Web.Features.RewardRuns;
using Labeler.Web.Features.Rewards;
using Labeler.Web.Features.Sets;
using Labeler.Web.Features.Teams;
using Labeler.Web.Features.Tokens;
using Labeler.Web.Features.Trainer;
using Labeler.Web.Features.Webhooks;
using Labeler.Web.Hosting;
using Labeler.Web.Maintenance;
using Labeler.Web.Security.OpenId;
using Labeler.Web.Security.TwoFactor;
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
    builder.Services.AddAccounts().AddOpenId().AddSecondFactor().AddPolicies().AddRateLimits().AddHealth().AddDraining()
        .AddTelemetry(builder.Configuration).AddImages().AddLabeling()
        .AddProjects().AddPhotos().AddSets().AddPlaces().AddApi().AddTrainer().AddBackups().AddWebhooks().AddRetention().AddPeople()
        .AddTwoFactor().AddPasskeys().AddLanguages().AddScoped<Arrivals>().AddScoped<ProviderLink>();
    builder.Services.AddSingleton<LiveChanges>().AddHostedService(provider => provider.GetRequiredService<LiveChanges>());
    builder.Services.AddOptions<TourOptions>().BindConfiguration(TourOptions.Section);
    // From one page with a table to the next, the first one's popovers go a moment after the second one's have come.
    builder.Services.AddMudServices(mud => mud.PopoverOptions.ThrowOnDuplicateProvider = false)
        .AddSingleton<ThemeSheet>().AddRazorComponents()
        .AddInteractiveServerComponents(circuits => builder.Configuration.GetSection("Circuits").Bind(circuits));

    var app = builder.Build();
    app.UseProxies();
    app.UseHsts();
    app.UseCookiePolicy();
    app.UseSecurityHeaders();
    app.UseDraining();
    app.UseErrorPages();
    app.UseRouting();
    app.UseBodyLimits();
    app.UseAuthentication();
    app.UseAuditTrail();
    // A person's own language stands in who they are.
    app.UseRequestLocalization();
    app.UseAuthorization();
    app.UseSecondFactor();
    app.UseRateLimiter();
    app.UseApi();
    app.UseFormTokens();

    app.MapStaticAssets().AllowAnonymous();
    ThemeSheet.Map(app);
    app.MapHealth();
    app.MapAccount();
    app.MapTwoFactor();
    app.MapPasskeys();
    app.MapLanguage();
    app.MapOpenId();
    app.MapPeople();
    app.MapTeams();
    app.MapMembers();
    app.MapTokens();
    app.MapWebhooks();
    app.MapRetention();
    app.MapBackups();
    app.MapImages();
    app.MapLabeling();
    app.MapProjects();
    app.MapPhotos();
    app.MapSets();
    app.MapLineage();
    app.MapEpochs();
    app.MapDashboard();
    app.MapGallery();
    app.MapComparison();
    app.MapEvaluations();
    app.MapRewards();
    app.MapInstalledRewards();
    app.MapRewardRuns();
    app.MapReview();
    app.MapPlaces();
    app.MapApi();
    app.MapOldAddresses();
    // Our own policy already forbids frames.
    app.MapRazorComponents<App>().AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null);

    await app.Prepare();
    await app.RunAsync();
});

/// <summary>The web application's entry point, named so that tests can host it.</summary>
public partial class Program;
