using System.Security.Claims;
using Bunit;
using Labeler.Shared;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
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
        Services.AddSingleton<LabelingStatus>().AddSingleton<Rights>().AddSingleton<AuthenticationStateProvider>(_signedIn);
        Services.AddMudServices();
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
        _signedIn.User = Principal();
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

    private ClaimsPrincipal Principal() => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, Person.Id.ToString()), new("session", Session.Id.ToString()),
            new(new ClaimsIdentityOptions().SecurityStampClaimType, Person.SecurityStamp!), .. Roles.Select(role => new Claim(ClaimTypes.Role, role)),
        ], "test"));

    private sealed class SignedIn : AuthenticationStateProvider
    {
        public ClaimsPrincipal User { get; set; } = new();

        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(User));
    }
}
