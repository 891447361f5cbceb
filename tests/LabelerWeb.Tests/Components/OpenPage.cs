using System.Security.Claims;
using Bunit;
using Labeler.Shared;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Tests.Support;
using Labeler.Web.Components;
using Labeler.Web.Features.Labeling;
using Labeler.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;

namespace Labeler.Web.Tests.Components;

/// <summary>A page that an admin has open: a real database in a folder, a session of theirs, a clock that stands until it is moved.</summary>
public abstract class OpenPage : BunitContext, IAsyncLifetime
{
    private readonly SignedIn _signedIn = new();

    /// <param name="more">Adds services that the page needs besides.</param>
    protected OpenPage(Action<IServiceCollection>? more = null)
    {
        Services.AddSingleton<TimeProvider>(Clock).AddOptions().AddLabelerData(new ConfigurationBuilder().Build(), Folder);
        Services.AddSingleton<LabelingStatus>().AddSingleton<Rights>().AddSingleton<RightsWatch>().AddSingleton<LiveChanges>().AddSingleton<AuthenticationStateProvider>(_signedIn);
        Services.AddMudServices().AddLocalization();
        more?.Invoke(Services);
        JSInterop.Mode = JSRuntimeMode.Loose;
        SetRendererInfo(new("Server", isInteractive: true));
    }

    protected FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    protected string Folder { get; } = Directory.CreateTempSubdirectory("labeler-").FullName;

    protected Account Person { get; private set; } = null!;

    protected Session Session { get; private set; } = null!;

    protected static string[] Roles => [.. Role.Including(Role.Admin)];

    /// <summary>Where the page went by itself, with a new load; null while it stays.</summary>
    protected string? WentTo => ((Bunit.TestDoubles.BunitNavigationManager)Services.GetRequiredService<NavigationManager>()).History
        .Where(one => one.Options.ForceLoad).Select(one => one.Uri).LastOrDefault();

    public virtual async Task InitializeAsync()
    {
        MigratedDatabase.PutInto(Folder);
        await Services.GetRequiredService<Migrator>().Apply();
        await Change(async db =>
        {
            Person = new("Ada", "Ada", Clock.GetUtcNow());
            Session = new(Person.Id, "", "", Clock.GetUtcNow());
            db.Add(Person);
            db.Add(Session);
            db.UserRoles.AddRange(await db.Roles.Select(r => new IdentityUserRole<Guid> { UserId = Person.Id, RoleId = r.Id }).ToListAsync());
            await db.SaveChangesAsync();
        });
        _signedIn.User = Principal(Roles);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Does something to the database, as another request would.</summary>
    protected async Task Change(Func<LabelerDb, Task> change)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();
        await change(db);
    }

    /// <summary>The person holds this role and those below it alone.</summary>
    protected async Task ActAs(string role)
    {
        var held = Role.Including(role);
        await Change(db => db.UserRoles.Where(one => !db.Roles.Any(r => r.Id == one.RoleId && held.Contains(r.Name!))).ExecuteDeleteAsync());
        _signedIn.User = Principal(held);
    }

    /// <summary>An island with a table, as its page shows it.</summary>
    protected ShownTable Show<T>(params (string Name, object Value)[] parameters) where T : IComponent => new(Render<IComponent>(builder =>
    {
        builder.OpenComponent<T>(0);
        builder.AddMultipleAttributes(1, parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)));
        builder.CloseComponent();
    }));

    internal static async Task Until(Func<bool> happened, Func<string>? instead = null)
    {
        for (var tries = 0; tries < 500 && !happened(); tries++)
        {
            await Task.Delay(10);
        }
        Assert.True(happened(), instead?.Invoke());
    }

    private ClaimsPrincipal Principal(IEnumerable<string> roles) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, Person.Id.ToString()), new("session", Session.Id.ToString()),
            new(new ClaimsIdentityOptions().SecurityStampClaimType, Person.SecurityStamp!), .. roles.Select(role => new Claim(ClaimTypes.Role, role)),
        ], "test"));

    private sealed class SignedIn : AuthenticationStateProvider
    {
        public ClaimsPrincipal User { get; set; } = new();

        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(User));
    }
}
