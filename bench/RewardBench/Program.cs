using System.CommandLine;
using Labeler.Bench.Rewards;
using Labeler.Browser.Tests;
using Labeler.Tests.Support;

var epochs = new Option<int>("--epochs") { DefaultValueFactory = _ => 6, Description = "times that every project trains" };
var images = new Option<int>("--images") { DefaultValueFactory = _ => 56, Description = "pictures of an epoch, in groups of 7" };
var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 3, Description = "projects of each algorithm" };
var into = new Option<DirectoryInfo>("--out") { Required = true, Description = "folder for the tables and the pictures of the pages" };
var command = new RootCommand(
    "Algorithms on a reward from inside the application: projects that train on it unattended, on their pages and in one comparison "
    + "(D3PO, figure 3; mirror report, figure 7).") { epochs, images, seeds, into };
command.SetAction(async (parsed, cancel) =>
{
    var folder = Directory.CreateDirectory(parsed.GetValue(into)!.FullName).FullName;
    await using var server = await LabelerServer.Start();
    await using var data = new OpenedData(server.Data);
    await using var reader = await Reader.Open(server, data);
    foreach (var experiment in new[] { Experiment.Compressibility, Experiment.Mirrors })
    {
        var runs = await Runs.Start(data, experiment, parsed.GetValue(epochs), parsed.GetValue(images), parsed.GetValue(seeds));
        await runs.End();
        var table = await reader.Text($"/compare/scored/{runs.Reward.Id}.csv{runs.Query}");
        var file = Path.Combine(folder, experiment.Reward.ToString());
        await File.WriteAllTextAsync($"{file}.csv", table, cancel);
        await reader.Picture($"/compare{runs.Query}", $"{file}.png");
        Console.WriteLine($"{experiment.Name}\n{table}");
    }
});
return await command.Parse(args).InvokeAsync();
