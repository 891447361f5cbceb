using System.Threading.Channels;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Labeler.Web.Components;

/// <summary>An island that reads anew as long as somebody looks at it: when the page is made, then while it is connected, at an interval
/// and when it is told that its project has changed.</summary>
public abstract partial class Polling : LiveIsland
{
    [Inject] private ILogger<Polling> Logger { get; set; } = null!;

    protected abstract TimeSpan Interval { get; }
    protected virtual bool IsOver => false;

    /// <summary>Ends with the last reading.</summary>
    protected Task Watching { get; private set; } = Task.CompletedTask;

    protected abstract Task Read();

    [Inject] private IJSRuntime Scripts { get; set; } = null!;

    [Inject] private LiveChanges Changes { get; set; } = null!;

    // However often something changes it is read no more often than this.
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(0.5);

    private readonly Channel<bool> _told =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Has the whole page, which is static, made anew; does nothing while it is being made.</summary>
    protected void RefreshPage()
    {
        if (RendererInfo.IsInteractive)
        {
            _ = Refresh();
        }
    }

    // Not the navigation manager's own: it takes a browser that leaves before it answers for a fault of the page.
    private async Task Refresh()
    {
        try
        {
            await Scripts.InvokeVoidAsync("refreshPage");
        }
        catch (Exception gone) when (gone is OperationCanceledException or JSDisconnectedException)
        {
            // The browser has left: there is no page any more to be made anew.
        }
        catch (JSException error)
        {
            LogFailed(Logger, error);
        }
    }

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        if (!HasEnded)
        {
            await Read();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        base.OnAfterRender(firstRender);
        if (firstRender && !HasEnded)
        {
            Watching = Watch(Leaving);
        }
    }

    private async Task Watch(CancellationToken left)
    {
        using var timer = new PeriodicTimer(Interval, Time);
        try
        {
            using var hears = await Hear(left);
            var (turn, told) = (timer.WaitForNextTickAsync(left).AsTask(), _told.Reader.ReadAsync(left).AsTask());
            while (!IsOver)
            {
                await (await Task.WhenAny(turn, told));
                await InvokeAsync(ReadAgain);
                if (turn.IsCompleted)
                {
                    turn = timer.WaitForNextTickAsync(left).AsTask();
                }
                if (told.IsCompleted)
                {
                    await Task.Delay(Spacing, left);
                    told = _told.Reader.ReadAsync(left).AsTask();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    // Null where it is about no project.
    private async Task<IDisposable?> Hear(CancellationToken left)
    {
        try
        {
            await using var db = await Contexts.CreateDbContextAsync(left);
            return About(db) is { } projects && await projects.Select(project => (long?)project.Id).FirstOrDefaultAsync(left) is { } project
                ? Changes.Hear(project, () => _told.Writer.TryWrite(true)) : null;
        }
        catch (Exception error) when (!left.IsCancellationRequested)
        {
            LogFailed(Logger, error);
            return null;
        }
    }

    private async Task ReadAgain()
    {
        if (!MayShow)
        {
            return;
        }
        try
        {
            await Read();
            StateHasChanged();
        }
        catch (Exception error) when (!Leaving.IsCancellationRequested)
        {
            // What is shown stays, and the next reading may find the database again.
            LogFailed(Logger, error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A page could not be read anew and is tried again")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
