using System.Globalization;

namespace Labeler.TrainingEngine.Experiments.Annotating;

/// <summary>How a simulated annotator works.</summary>
/// <param name="Pace">Time from an item to its vote; what fetching and judging take is part of it.</param>
/// <param name="Most">Votes after which the annotator goes home; 0 for no end.</param>
/// <param name="Waits">Stay while images are sampled or the model is trained, and judge the next epoch too.</param>
public sealed record WorkOptions(TimeSpan Pace, int Most = 0, bool Waits = false);

/// <summary>A simulated annotator at work: judges item after item until nothing is left.</summary>
public sealed class AnnotatorAtWork(LabelingClient desk, SimulatedAnnotator annotator, WorkOptions options, TimeProvider time,
    TextWriter output)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    /// <summary>Works; returns the votes that were stored.</summary>
    /// <exception cref="EngineException">A vote was refused or an item cannot be judged.</exception>
    public async Task<int> Work(CancellationToken stop)
    {
        int votes = 0;
        while (options.Most == 0 || votes < options.Most)
        {
            long begun = time.GetTimestamp();
            var (item, state) = await desk.Next(stop);
            if (item is null && options.Waits && state is ("sampling" or "training" or "held" or "checking"))
            {
                await Task.Delay(Look, time, stop);
                continue;
            }

            if (item is null)
            {
                output.WriteLine($"nothing left to judge: {state}");
                break;
            }

            var verdict = ClientVerdict.Of(item, desk, annotator);
            TimeSpan left = options.Pace - time.GetElapsedTime(begun);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, time, stop);
            }

            if (item.IsPractice)
            {
                bool right = await desk.Practice(item.Number, verdict, stop);
                output.WriteLine($"practice  item {item.Number}  {(right ? "right" : "not right")}");
                continue;
            }

            await desk.Vote(item.Number, verdict, time.GetElapsedTime(begun), stop);
            votes++;
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture,
                    $"{votes}  item {item.Number}  '{item.Prompt}'  {time.GetElapsedTime(begun).TotalSeconds:0.0} s"));
        }

        return votes;
    }
}
