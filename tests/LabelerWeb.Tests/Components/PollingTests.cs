using Bunit;
using Labeler.Shared.Data;
using Labeler.Web.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

public sealed class PollingTests : BunitContext
{
    public PollingTests()
    {
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

    private sealed class Counter : Polling
    {
        public const int Last = 6;

        public int Readings { get; private set; }

        public Task Ended => Watching;

        protected override TimeSpan Interval => TimeSpan.FromMilliseconds(10);

        protected override bool IsOver => Readings == Last;

        protected override Task Read() => ++Readings == 3 ? throw new InvalidOperationException("busy") : Task.CompletedTask;
    }

    private sealed class NoDatabase : IDbContextFactory<LabelerDb>
    {
        public LabelerDb CreateDbContext() => throw new NotSupportedException();
    }
}
