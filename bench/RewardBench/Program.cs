using System.CommandLine;
using Labeler.Bench.Rewards;
using Labeler.Bench.Support;
using Labeler.Browser.Tests;
using Labeler.Shared.Accounts;
using Labeler.Tests.Support;
using Microsoft.Playwright;

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
    await using var db = await data.Open();
    await using var reader = await InvitedPage.Open(server.Address, db, Role.Admin, "Reader", 180_000);
    var page = reader.Page;
    foreach (var experiment in new[] { Experiment.Compressibility, Experiment.Mirrors })
    {
        var runs = await Runs.Start(data, experiment, parsed.GetValue(epochs), parsed.GetValue(images), parsed.GetValue(seeds));
        await runs.End();
        var address = $"/compare/scored/{runs.Reward.Id}.csv{runs.Query}";
        var answer = await page.APIRequest.GetAsync(address);
        var table = answer.Ok ? await answer.TextAsync() : throw new InvalidOperationException($"{address} answered {answer.Status}.");
        var file = Path.Combine(folder, experiment.Reward.ToString());
        await File.WriteAllTextAsync($"{file}.csv", table, cancel);
        await page.GotoAsync($"/compare{runs.Query}", new() { WaitUntil = WaitUntilState.NetworkIdle });
        await page.ScreenshotAsync(new() { Path = $"{file}.png", FullPage = true });
        Console.WriteLine($"{experiment.Name}\n{table}");
    }
});
return await command.Parse(args).InvokeAsync();
