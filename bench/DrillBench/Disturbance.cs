using System.Diagnostics;

namespace Labeler.Bench.Drill;

/// <summary>What goes wrong: every 20 s a web server and a worker are killed, every 25 s the workers' network to the database is parted for
/// 6 s, every 5 s the store answers some connections by 503.</summary>
public sealed class Disturbance(Installation installation)
{
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenCuts = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Parted = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan BetweenRefusals = TimeSpan.FromSeconds(5);
    private const int Refusals = 4;

    public int ServersKilled { get; private set; }

    public int WorkersKilled { get; private set; }

    public int Cuts { get; private set; }

    public async Task Go(TimeSpan length, CancellationToken stop) => await Task.WhenAll(
        Every(BetweenKills, length, KillTwo, stop), Every(BetweenCuts, length, () => Part(stop), stop),
        Every(BetweenRefusals, length, Refuse, stop));

    private static async Task Every(TimeSpan interval, TimeSpan length, Func<Task> act, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        for (var due = interval / 2; due < length; due += interval)
        {
            await Task.Delay(due > clock.Elapsed ? due - clock.Elapsed : TimeSpan.Zero, stop);
            await act();
        }
    }

    private async Task KillTwo()
    {
        await Task.WhenAll(
            installation.Servers[ServersKilled++ % installation.Servers.Count].Kill(),
            installation.Workers[WorkersKilled++ % installation.Workers.Count].Kill());
    }

    // In turn: packets that come late, and connections that are gone.
    private async Task Part(CancellationToken stop)
    {
        installation.ToDatabase.Part();
        await Task.Delay(Parted, stop);
        if (Cuts++ % 2 == 1)
        {
            installation.ToDatabase.CutAll();
        }
        installation.ToDatabase.Join();
    }

    private Task Refuse()
    {
        installation.ToStore.BeBusy(Refusals);
        return Task.CompletedTask;
    }
}
