using System.Net;
using System.Net.Sockets;
using Labeler.Tests.Support;
using Labeler.TrainingEngine.Tests.Training;

namespace Labeler.TrainingEngine.Tests.Commands;

public sealed class WorkerStartTests
{
    [Fact]
    public async Task A_worker_whose_database_ends_the_connection_says_so_in_one_line_and_does_not_blame_libtorch()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var serving = Connections.Serve(server, client =>
        {
            client.Dispose();
            return Task.CompletedTask;
        }, CancellationToken.None);
        var folder = Directory.CreateTempSubdirectory("labeler-test-").FullName;
        var database = $"Host=127.0.0.1;Port={((IPEndPoint)server.LocalEndpoint).Port};Database=labeler;Username=labeler;Password=x";
        using var worker = EngineProcess.StartWith(new() { ["ConnectionStrings__Labeler"] = database }, "worker", "--data", folder, "--name", "w");
        var (code, output, errors) = await Task.Run(worker.End);
        server.Stop();
        await serving;
        Directory.Delete(folder, recursive: true);
        Assert.Equal(1, code);
        Assert.DoesNotContain("is ready", output);
        Assert.Matches(@"\Aerror: cannot use the PostgreSQL database of ConnectionStrings:Labeler \(.+\); look whether the server runs, and at host, name and "
            + @"password of the setting\n\z", errors);
    }
}
