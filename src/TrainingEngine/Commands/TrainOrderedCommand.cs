using System.CommandLine;
using Labeler.TrainingEngine.Worker.Ranked;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>train-ordered</c>: one of the ranks that a worker has started for a job.</summary>
internal static class TrainOrderedCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("order");
        var ranks = new RankOptions();
        var command = new Command(RankedTraining.Command, "One of the processes that do a worker's training.") { file };
        command.Hidden = true;
        ranks.AddTo(command);
        command.Does((parsed, stop) =>
        {
            var order = TrainingOrder.Read(parsed.GetRequiredValue(file));
            using var all = ranks.Join(parsed);
            var place = order.Place with { Ranks = all };
            if (!all.IsFirst)
            {
                order.Train(place, stop);
                all.Leave();
                return;
            }
            using var worker = new WorkerLine(stop);
            try
            {
                var result = order.Train(worker.Told(place), worker.Stop);
                WorkerLine.Tell(new() { Result = RankMessage.Ended.Of(result) });
                all.Leave();
            }
            catch (OperationCanceledException) when (worker.Stop.IsCancellationRequested)
            {
                throw new OperationCanceledException(stop);
            }
        });
        return command;
    }
}
