using Labeler.Shared.Accounts;
using Labeler.Web.Components;

namespace Labeler.Web.Tests.Components;

public sealed class PollingTests : OpenPage
{
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
        Clock.Advance(TimeSpan.FromSeconds(60));
        await counter.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(2, counter.Readings);
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

    private sealed class Counter : Polling
    {
        public const int Last = 6;

        public int Readings { get; private set; }

        public Task Ended => Watching;

        protected override string For => Role.Annotator;

        protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

        protected override bool IsOver => Readings == Last;

        protected override Task Read() => ++Readings == 3 ? throw new InvalidOperationException("busy") : Task.CompletedTask;
    }
}
