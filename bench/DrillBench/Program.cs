using System.CommandLine;
using Labeler.Bench.Drill;
using Labeler.Shared.Tests.Support;
using Labeler.Tests.Support.S3;

var minutes = new Option<double>("--minutes")
{
    Description = "How long servers and workers are killed, the network parted, the store busy",
    DefaultValueFactory = _ => 10,
};
var annotators = new Option<int>("--annotators") { Description = "Simulated annotators", DefaultValueFactory = _ => 100 };
var rate = new Option<double>("--rate") { Description = "Votes a second, all together", DefaultValueFactory = _ => 10 };
var keep = new Option<bool>("--keep-logs") { Description = "Leave what the programs said, also where all is well" };
var command = new RootCommand(
    "Two web servers, three workers, PostgreSQL and a bucket, disturbed while people label and workers sample and train: is anything lost?")
{
    minutes, annotators, rate, keep,
};
command.SetAction(async (parsed, stop) =>
{
    if (PostgreSqlServer.Binaries is null || !S3Server.IsThere)
    {
        Console.Error.WriteLine("PostgreSQL or the S3 server is not installed: ./labeler bench drill does it.");
        return 2;
    }
    await using var installation = await Installation.Open();
    installation.KeepLogs = true;
    var options = new DrillOptions(parsed.GetValue(minutes), parsed.GetValue(annotators), parsed.GetValue(rate));
    var isWell = await new Drill(installation, options, stop).Go();
    installation.KeepLogs = !isWell || parsed.GetValue(keep);
    if (installation.KeepLogs)
    {
        Console.WriteLine($"what the programs said: {installation.Logs}");
    }
    return isWell ? 0 : 1;
});
// Whoever presses Ctrl+C waits until all that was started has ended.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
