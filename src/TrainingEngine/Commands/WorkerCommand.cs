using System.CommandLine;
using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>worker</c>: does the jobs of a data folder's database. The web application starts one; more may run elsewhere.</summary>
public static class WorkerCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The web application's data folder", DefaultValueFactory = _ => "data" };
        var name =
            new Option<string>("--name")
            {
                Description = "A name that no other worker has",
                DefaultValueFactory = _ => $"{Environment.MachineName}-{Environment.ProcessId}"
            };
        var untilInputEnds =
            new Option<bool>(
                "--until-input-ends")
            { Description = "Stop when standard input is closed: the worker ends with whoever started it" };
        var every =
            new Option<double>(
                "--checkpoint-every")
            {
                Description = "Seconds of training that a crash may cost; 0 writes a checkpoint after every step",
                DefaultValueFactory = _ => 15
            };
        var niceness =
            new Option<int>(
                "--nice")
            {
                Description =
                    "Compute at a priority lower by this, 0 to 19; what holds up others in the database stays quick"
            };
        var device =
            new Option<string>(
                "--device")
            {
                Description =
                    "for projects that name none: cpu, cuda or cuda:N, or several with commas, which share sampling; by default cuda where "
                        + "it is there",
                DefaultValueFactory = _ => ""
            };
        var ranks =
            new Option<int>("--ranks")
            {
                Description = "Processes that train together by Open MPI, each on one of the devices in turn",
                DefaultValueFactory = _ => 1,
            };
        var onlyShares =
            new Option<bool>("--only-shares") { Description = "Take nothing but shares, to be computed on --device", Hidden = true };
        var command =
            new Command("worker", "Samples and trains what the web application asks for.") { data, name, untilInputEnds, every, niceness,
                device, ranks, onlyShares };
        command.Does((parsed, stop) =>
        {
            var devices = parsed.GetValue(device)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var options = new WorkerOptions(parsed.GetValue(name)!, TimeSpan.FromSeconds(parsed.GetValue(every)))
            {
                Devices = devices,
                Ranks = parsed.GetValue(ranks) is var count and >= 1 ? count : throw new EngineException("--ranks: at least 1"),
                OnlyShares = parsed.GetValue(onlyShares),
            };
            Run(parsed.GetValue(data)!, options, parsed.GetValue(untilInputEnds), parsed.GetValue(niceness), stop);
        });
        return command;
    }

    private static void Run(string data, WorkerOptions options, bool untilInputEnds, int niceness, CancellationToken stop)
    {
        using var database = new DatabaseThread();
        if (niceness is < 0 or > 19)
        {
            throw new EngineException($"--nice is 0 to 19, not {niceness}");
        }
        // Before libtorch is loaded, which starts threads of its own.
        DatabaseThread.LowerPriority(niceness);
        // Says in one line what is missing where libtorch is not there, before any job is taken.
        TorchSharp.torch.zeros([1]).Dispose();
        foreach (var device in options.Devices.DefaultIfEmpty(""))
        {
            Devices.Pick(device);
        }
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (untilInputEnds)
        {
            WatchInput(ending);
        }
        var configuration = SharedSettings.Read();
        var output = TextWriter.Synchronized(Console.Out);
        OwnerOnly.Begin();
        using var use = FolderUse.Share(new DataFolder(data));
        using var services = new ServiceCollection().AddLabelerData(configuration, data)
            .AddSingleton(configuration.GetSection(ReachOptions.Section).Get<ReachOptions>() ?? new ReachOptions())
            .AddTrainerWorker(options, database)
            .AddLogging(logging => logging.AddProvider(new LineLog(output)).AddFilter("Microsoft", LogLevel.Warning))
                .BuildServiceProvider();
        database.Do(async () =>
        {
            await services.GetRequiredService<FileStore>().Check(stop);
            await services.GetRequiredService<Migrator>().Apply(stop);
            await services.GetRequiredService<Installation>().Require(stop);
        });
        using var telemetry = WorkerTelemetry.Start(configuration, options, services.GetRequiredService<ILogger<TrainerWorker>>());
        using var others = new DeviceWorkers(data, options.Name, [.. options.Devices.Skip(1)], niceness, output);
        // An empty line tells whoever watches the process that it lives.
        services.GetRequiredService<TrainerWorker>().Run(output.WriteLine, ending.Token);
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
