using System.Diagnostics;
using Labeler.Bench.Support;
using Labeler.Shared.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Bench.Drill;

/// <param name="Minutes">How long things go wrong.</param>
/// <param name="Annotators">Who label meanwhile.</param>
/// <param name="Rate">Votes a second of all of them together.</param>
public sealed record DrillOptions(double Minutes, int Annotators, double Rate);

/// <summary>The whole drill on one installation.</summary>
public sealed class Drill(Installation installation, DrillOptions options, CancellationToken stop)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly List<(string Turn, string Outcome)> _turns = [];
    private readonly Disturbance _disturbance = new(installation);

    /// <returns>Did everything hold that must? It has been told.</returns>
    public async Task<bool> Go()
    {
        var length = TimeSpan.FromMinutes(options.Minutes);
        Tell($"{options.Annotators} annotators, {options.Rate} votes a second, {options.Minutes} min, {Environment.ProcessorCount} cores");
        // More than they can vote on, beside what each holds.
        var groups = (int)(options.Rate * length.TotalSeconds * 1.3) + options.Annotators * 6 + 20;
        await using var annotators = await Annotators.Seed(installation, groups);
        await installation.Start(servers: 2, workers: 3, stop);
        Tell("two web servers, three workers are ready");
        var joining = annotators.Join(installation.Address, options.Annotators, stop);
        var undisturbed = await Loop.Go(installation.Data, "Undisturbed", stop);
        await joining;
        Tell($"one turn undisturbed: {undisturbed.First.Count} groups, {undisturbed.Steps.Count} steps, {undisturbed.Second.Count} groups; "
            + "now all of it disturbed");

        var voting = annotators.Vote(options.Rate, length);
        var disturbing = _disturbance.Go(length, stop);
        await Turns(undisturbed, disturbing);
        await disturbing;
        await voting.WaitAsync(stop);
        var jobs = await Jobs();
        return Judge(await annotators.Count(), annotators, jobs);
    }

    private async Task Turns(Loop undisturbed, Task disturbing)
    {
        do
        {
            var (clock, name) = (Stopwatch.StartNew(), $"Disturbed {_turns.Count + 1}");
            string outcome;
            try
            {
                outcome = (await Loop.Go(installation.Data, name, stop)).DifferenceFrom(undisturbed);
                outcome = outcome.Length == 0 ? "" : $"OTHER: {outcome}";
            }
            catch (InvalidOperationException error)
            {
                outcome = error.Message;
            }
            _turns.Add((name, outcome));
            var held = outcome.Length == 0;
            Tell(FormattableString.Invariant($"{name}: {(held ? "the same bits" : outcome)}, {clock.Elapsed.TotalSeconds:0} s"));
        }
        while (!disturbing.IsCompleted && _turns[^1].Outcome.Length == 0);
    }

    // All of the installation, when they are over or nobody does them.
    private async Task<Dictionary<JobState, int>> Jobs()
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(500, stop))
        {
            var jobs = await installation.Data.Read(db => db.Jobs.GroupBy(job => job.State)
                .Select(of => new { of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Key, of => of.Count, stop));
            if (!jobs.ContainsKey(JobState.Queued) && !jobs.ContainsKey(JobState.Running) || clock.Elapsed > Patience)
            {
                return jobs;
            }
        }
    }

    private bool Judge(VoteCount votes, Annotators annotators, Dictionary<JobState, int> jobs)
    {
        var refused = annotators.Errors.Where(error => error is "refused" or "surplus" or "duplicate").ToList();
        (string What, string Figures, bool IsWell)[] rows =
        [
            ("killed", $"{_disturbance.ServersKilled} web servers, {_disturbance.WorkersKilled} workers",
                _disturbance.ServersKilled > 0 && _disturbance.WorkersKilled > 0),
            ("ended by themselves, started again",
                $"{installation.Servers.Sum(one => one.Ended)} web servers, {installation.Workers.Sum(one => one.Ended)} workers", true),
            ("network between workers and database", $"parted {_disturbance.Cuts} times", _disturbance.Cuts > 0),
            ("store", $"{installation.ToStore.Refused} answers 503", installation.ToStore.Refused > 0),
            ("votes acknowledged", $"{votes.Acknowledged}", votes.Acknowledged > 0),
            ("of them stored", $"{votes.Stored}", votes.Stored == votes.Acknowledged),
            ("doubled", $"{votes.Doubled}", votes.Doubled == 0),
            ("items miscounted", $"{votes.Miscounted}", votes.Miscounted == 0),
            ("tries without an acknowledgement", $"{annotators.Errors.Count}, {refused.Count} of them refused", refused.Count == 0),
            ("jobs", string.Join(", ", jobs.Select(of => $"{of.Value} {of.Key}")), jobs.Keys.All(state => state == JobState.Succeeded)),
            ("turns with the same bits", $"{_turns.Count(turn => turn.Outcome.Length == 0)} of {_turns.Count}",
                _turns.All(turn => turn.Outcome.Length == 0)),
        ];
        Console.WriteLine("| what | | |\n|---|---|---|");
        foreach (var (what, figures, isWell) in rows)
        {
            Console.WriteLine($"| {what} | {figures} | {(isWell ? "" : "WRONG")} |");
        }
        Console.WriteLine(annotators.Waited);
        foreach (var error in annotators.Errors.CountBy(error => error).OrderByDescending(of => of.Value).Take(5))
        {
            Console.WriteLine($"  {error.Value} x {error.Key}");
        }
        return rows.All(row => row.IsWell);
    }

    private static void Tell(string line) => Console.WriteLine($"{DateTime.Now:HH:mm:ss} {line}");
}
