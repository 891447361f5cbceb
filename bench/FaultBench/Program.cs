using System.CommandLine;
using Labeler.Bench.Faults;

var kills = new Option<int>("--kills") { Description = "How often the web process and the worker are killed", DefaultValueFactory = _ => 20 };
var only = new Option<string?>("--only") { Description = "One scene alone: web, worker, disk, lock or clock" };
var command = new RootCommand("Kills, a full disk, a locked database and a wrong clock, with votes flowing: is anything lost?") { kills, only };
command.SetAction(async (parsed, _) =>
{
    (string Name, Func<Task<Verdict>> Play)[] scenes =
    [
        ("web", () => WebKills.Play(parsed.GetValue(kills))),
        ("worker", () => WorkerKills.Play(parsed.GetValue(kills))),
        ("disk", FullDisk.Play),
        ("lock", LockedDatabase.Play),
        ("clock", WrongClock.Play),
    ];
    var well = true;
    foreach (var (name, play) in scenes.Where(scene => parsed.GetValue(only) is not { } one || scene.Name == one))
    {
        var verdict = await play();
        well &= verdict.Well;
        Console.WriteLine($"{name,-7} {(verdict.Well ? "held" : "BROKE")}  {verdict.Figures}");
    }
    return well ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
