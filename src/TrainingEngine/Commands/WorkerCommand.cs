using System.CommandLine;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Files;
using Labeler.Shared.Jobs;
using Labeler.TrainingEngine.Worker;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>worker</c>: does the jobs of a data folder's database. The web application starts one; more may run elsewhere.</summary>
public static class WorkerCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The web application's data folder", DefaultValueFactory = _ => "data" };
        var name = new Option<string>("--name") { Description = "A name that no other worker has", DefaultValueFactory = _ => $"{Environment.MachineName}-{Environment.ProcessId}" };
        var untilInputEnds = new Option<bool>("--until-input-ends") { Description = "Stop when standard input is closed: the worker ends with whoever started it" };
        var command = new Command("worker", "Samples and trains what the web application asks for.") { data, name, untilInputEnds };
        command.Does((parsed, stop) => Run(parsed.GetValue(data)!, parsed.GetValue(name)!, parsed.GetValue(untilInputEnds), stop));
        return command;
    }

    private static void Run(string data, string name, bool untilInputEnds, CancellationToken stop)
    {
        // Says in one line what is missing where libtorch is not there, before any job is taken.
        TorchSharp.torch.zeros([1]).Dispose();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (untilInputEnds)
            WatchInput(ending);
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true).AddEnvironmentVariables().Build();
        using var services = new ServiceCollection().AddLabelerData(configuration, data).BuildServiceProvider();
        services.GetRequiredService<Migrator>().Apply(stop).GetAwaiter().GetResult();
        new TrainerWorker(
            services.GetRequiredService<JobQueue>(), services.GetRequiredService<EpochCycle>(), services.GetRequiredService<IDbContextFactory<LabelerDb>>(),
            services.GetRequiredService<FileStore>(), services.GetRequiredService<DataFolder>(), TimeProvider.System, name, TextWriter.Synchronized(Console.Out)).Run(ending.Token);
    }

    private static void WatchInput(CancellationTokenSource ending) => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (input.Read(buffer) > 0)
        {
        }
        ending.Cancel();
    })
    { IsBackground = true, Name = "input watch" }.Start();
}
