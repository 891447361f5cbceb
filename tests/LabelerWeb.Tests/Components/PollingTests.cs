using Bunit;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Labeler.Web.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;

namespace Labeler.Web.Tests.Components;

public sealed class PollingTests : OpenPage
{
    private readonly Told _told;

    public PollingTests() : this(new Told())
    {
    }

    private PollingTests(Told told) : base(services => services.AddSingleton<ILogger<Polling>>(told)) => _told = told;

    [Fact]
    public async Task It_reads_again_and_again_though_a_reading_fails_until_it_is_over()
    {
        var counter = Render<Counter>().Instance;
        await Turn(counter, Counter.Last);
        await counter.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Counter.Last, counter.Readings);
    }

    [Fact]
    public async Task It_reads_no_more_when_the_page_was_left()
    {
        var counter = Render<Counter>().Instance;
        await Turn(counter, 2);
        await DisposeComponentsAsync();
        // On a busy machine a reading may have been under way.
        await counter.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        var read = counter.Readings;
        Clock.Advance(TimeSpan.FromSeconds(60));
        await Task.Delay(50);
        Assert.Equal(read, counter.Readings);
    }

    [Fact]
    public async Task It_reads_no_more_when_its_rights_could_not_be_asked_for_half_a_minute()
    {
        var counter = Render<Counter>().Instance;
        await Turn(counter, 2);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        File.Move(Path.Combine(Folder, "labeler.db"), Path.Combine(Folder, "away.db"));
        var read = 0;
        for (var second = 0; second < 60; second++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
            read = second == 32 ? counter.Readings : read;
        }
        Assert.InRange(counter.Readings, 2, read);
    }

    // Moves the clock until so many readings were made.
    private async Task Turn(Counter counter, int readings)
    {
        for (var tries = 0; tries < 1000 && counter.Readings < readings; tries++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }
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
        await Turn(counter, Counter.Last);
        await counter.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        _told.Lines.Clear();
        counter.Refresh();
        Assert.Single(asked.Invocations);
        Assert.Equal(isTold ? 1 : 0, _told.Lines.Count);
    }

    [Fact]
    public async Task One_about_a_project_reads_at_once_when_it_is_told_that_the_project_has_changed()
    {
        await using var seeded = await SeededProject.Create(Folder, "Told", LabelingTask.FlagBatch, groups: 1);
        var changes = Services.GetRequiredService<LiveChanges>();
        var page = Render<OfProject>(parameters => parameters.Add(one => one.Project, seeded.Project.Id)).Instance;
        // The clock stands still. It is told again and again, as it begins to hear when it may.
        for (var tries = 0; tries < 1000 && page.Readings < 3; tries++)
        {
            changes.Tell($"{seeded.Project.Id}");
            await Task.Delay(20);
        }
        Assert.InRange(page.Readings, 3, 4);
    }

    private sealed class OfProject : Polling
    {
        [Parameter] public long Project { get; set; }

        public int Readings { get; private set; }

        protected override string For => Role.Annotator;

        protected override TimeSpan Interval => TimeSpan.FromHours(1);

        protected override IQueryable<Project>? About(LabelerDb db) => db.Projects.Where(project => project.Id == Project);

        protected override Task Read()
        {
            Readings++;
            return Task.CompletedTask;
        }
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

        protected override string For => Role.Annotator;

        protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

        protected override bool IsOver => Readings == Last;

        protected override Task Read() => ++Readings == 3 ? throw new InvalidOperationException("busy") : Task.CompletedTask;
    }
}
