using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Labeler.Web.Components;

/// <summary>
/// The base of every interactive component. While its page is open it asks whether the person still may see it (account, role, session,
/// project). When not, it shows nothing more and leaves the page. A derived component's markup begins with
/// <c>@{ if (HasEnded) { return; } }</c>.
/// </summary>
public abstract partial class LiveIsland : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private DateTimeOffset _asked;
    private IDisposable? _hears;

    protected LiveIsland() => Leaving = _left.Token;

    [Inject] protected IDbContextFactory<LabelerDb> Contexts { get; set; } = null!;

    [Inject] protected NavigationManager Navigation { get; set; } = null!;

    [Inject] protected TimeProvider Time { get; set; } = null!;

    [Inject] private RightsWatch RightsWatch { get; set; } = null!;

    [Inject] private Rights Rights { get; set; } = null!;

    [Inject] protected AuthenticationStateProvider Authentication { get; set; } = null!;

    [Inject] private ILogger<LiveIsland> Logger { get; set; } = null!;

    /// <summary>The role for which its pages are: in the project that it is about, or where there is none in the installation.</summary>
    protected abstract string For { get; }

    /// <summary>The project that it is about; null where it is about none.</summary>
    protected virtual IQueryable<Project>? About(LabelerDb db) => null;

    /// <summary>The person may see it no longer.</summary>
    protected bool HasEnded { get; private set; }

    /// <summary>The person has been found to be one who may see it. A component that does not read before it is shown waits for
    /// that.</summary>
    protected bool HasBegun { get; private set; }

    /// <summary>False also when it could not be found out for so long that nothing new may be shown.</summary>
    protected bool MayShow => !HasEnded && Time.GetUtcNow() - _asked <= Rights.Limit;

    /// <summary>Ends when the page is left, by whomever.</summary>
    protected CancellationToken Leaving { get; }

    /// <summary>Who looks at it.</summary>
    protected Guid Viewer => Reader.Account;

    /// <summary>What they may do in projects that it shows beside its own.</summary>
    protected Viewer Reader { get; private set; } = new(Guid.Empty, ProjectRole.None);

    /// <summary>Is what it shows still there, and still this person's to see?</summary>
    protected virtual async Task<bool> IsThereFor(LabelerDb db, Guid account) =>
        About(db) is not { } projects || await projects.AnyAsync(project => project.DeletedAt == null, Leaving);

    protected override async Task OnInitializedAsync()
    {
        // While a page is made, the page itself has asked.
        if (RendererInfo.IsInteractive)
        {
            await Ask();
        }
        else
        {
            Reader = (await Authentication.GetAuthenticationStateAsync()).User.Viewer();
            _asked = Time.GetUtcNow();
        }
        HasBegun = !HasEnded;
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = Guard(Leaving);
            _hears = RightsWatch.Hear(() => InvokeAsync(AskAgain));
        }
    }

    private async Task Guard(CancellationToken left)
    {
        using var timer = new PeriodicTimer(Rights.Recheck, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(left))
            {
                await InvokeAsync(AskAgain);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task AskAgain()
    {
        try
        {
            await Ask();
        }
        catch (Exception error) when (!Leaving.IsCancellationRequested)
        {
            // MayShow says for how long that is borne.
            LogFailed(Logger, error);
        }
    }

    private async Task Ask()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        await using var db = await Contexts.CreateDbContextAsync(Leaving);
        var (viewer, project) = (user.Viewer(), About(db));
        var role = project is null ? viewer.Everywhere : await Access.In(db, project, viewer, Leaving);
        if (!await Rights.Hold(user, Leaving) || (role != ProjectRole.None && role < ProjectRoles.Named(For)))
        {
            // Made anew, the page says where to sign in, or that it is not for this role.
            Leave(Navigation.Uri);
            return;
        }
        Reader = viewer;
        if (role == ProjectRole.None || !await IsThereFor(db, Viewer))
        {
            Leave("/");
            return;
        }
        _asked = Time.GetUtcNow();
    }

    private void Leave(string address)
    {
        if (Leaving.IsCancellationRequested)
        {
            return;
        }
        HasEnded = true;
        _left.Cancel();
        StateHasChanged();
        Navigation.NavigateTo(address, forceLoad: true);
    }

    public void Dispose()
    {
        _hears?.Dispose();
        _left.Cancel();
        _left.Dispose();
        GC.SuppressFinalize(this);
    }

    [LoggerMessage(LogLevel.Warning, "Whether an open page may go on could not be found out and is asked again")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
