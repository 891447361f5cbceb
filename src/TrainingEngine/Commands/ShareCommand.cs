using System.CommandLine;
using Labeler.TrainingEngine.Worker;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>share</c>: one device's share of a sampling job; a worker with several devices starts it.</summary>
internal static class ShareCommand
{
    public static Command Create()
    {
        var command = new Command("share", "Samples one device's share, for a worker with several.") { Hidden = true };
        command.Does((_, stop) =>
        {
            var share = SampleShare.Read(Console.In.ReadLine());
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            new Thread(() =>
            {
                while (Console.In.ReadLine() is not null)
                {
                }
                ending.Cancel();
            })
            { IsBackground = true, Name = "input watch" }.Start();
            share.Run(group => Console.Out.WriteLine(group), ending.Token);
        });
        return command;
    }
}
