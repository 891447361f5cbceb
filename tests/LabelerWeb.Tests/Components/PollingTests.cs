using Bunit;
using Labeler.Shared.Data;
using Labeler.Web.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;

namespace Labeler.Web.Tests.Components;

public sealed class PollingTests : BunitContext
{
    private readonly Told _told = new();

    public PollingTests()
    {
        Services.AddSingleton<ILogger<Polling>>(_told);
        Services.AddSingleton<IDbContextFactory<LabelerDb>>(new NoDatabase());
        SetRendererInfo(new("Server", isInteractive: true));
    }

    [Fact]
    public async Task It_reads_again_and_again_though_a_reading_fails_until_it_is_over()
    {
        var counter = Render<Counter>().Instance;
        await counter.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Counter.Last, counter.Readings);
    }

    [Fact]
    public async Task It_reads_no_more_when_the_page_was_left()
    {
        var counter = Render<Counter>().Instance;
        await DisposeComponentsAsync();
        var before = counter.Readings;
        await counter.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.InRange(counter.Readings, before, before + 1);
    }

    [Theory]
    [InlineData(typeof(TaskCanceledException), false)]
    [InlineData(typeof(JSDisconnectedException), false)]
    [InlineData(typeof(JSException), true)]
    public async Task A_browser_that_leaves_while_the_page_is_made_anew_is_no_error(Type thrown, bool isTold)
    {
        var asked = JSInterop.SetupVoid("refreshPage");
        asked.SetException((Exception)Activator.CreateInstance(thrown, "gone")!);
        var counter = Render<Counter>().Instance;
        await counter.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        _told.Lines.Clear();
        counter.Refresh();
        Assert.Single(asked.Invocations);
        Assert.Equal(isTold ? 1 : 0, _told.Lines.Count);
    }

    private sealed class Told : ILogger<Polling>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }

    private sealed class Counter : Polling
    {
        public const int Last = 6;

        public int Readings { get; private set; }

        public Task Ended => Watching;

        public void Refresh() => RefreshPage();

        protected override TimeSpan Interval => TimeSpan.FromMilliseconds(10);

        protected override bool IsOver => Readings == Last;

        protected override Task Read() => ++Readings == 3 ? throw new InvalidOperationException("busy") : Task.CompletedTask;
    }

    private sealed class NoDatabase : IDbContextFactory<LabelerDb>
    {
        public LabelerDb CreateDbContext() => throw new NotSupportedException();
    }
}
