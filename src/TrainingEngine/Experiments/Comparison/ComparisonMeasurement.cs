using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Experiments.Comparison;

/// <summary>Measures a policy: mean reward on trained and held-out prompts, diversity, and a sheet of pictures with their
/// rewards.</summary>
/// <param name="sheetImages">Pictures on the sheet.</param>
internal sealed class ComparisonMeasurement(string modelFolder, ComparisonOptions options, IReward reward, ContactSheet sheets,
    int sheetImages, TextWriter output)
{
    public ComparisonRow Of(string? policy, string sheet, CancellationToken stop)
    {
        StableDiffusion model = StableDiffusion.Load(modelFolder, dtype: options.Type);
        using ModelPatch? patch = policy is null ? null : new ModelPatch(model, policy);
        IReadOnlyList<Picture> pictures = Evaluate(model, options.Task.Training, stop);
        double[] rewards = Reward(pictures, options.Task.Training, stop);
        double heldOut = options.Task.HeldOut.Count == 0 ? double.NaN
            : Reward(Evaluate(model, options.Task.HeldOut, stop), options.Task.HeldOut, stop).Average();
        AtomicFile.Write(sheet, sheets.Draw([.. pictures.Zip(rewards).Take(sheetImages)
            .Select(one => new ContactSheet.Cell(one.First, FormattableString.Invariant($"{one.Second:0.00}")))]).ToPng());
        return new ComparisonRow("", 0, 0, 0, rewards.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average(), heldOut,
            Diversity.Of(pictures), 0, 0);
    }

    private IReadOnlyList<Picture> Evaluate(StableDiffusion model, IReadOnlyList<string> prompts, CancellationToken stop)
    {
        using var workers = new ComputeThreads(1, 1);
        return EvaluationImages.Sample(model,
            [.. Enumerable.Range(0, options.EvaluationImages).Select(image => prompts[image % prompts.Count])], options.Steps,
                options.Guidance, workers, stop);
    }

    private double[] Reward(IReadOnlyList<Picture> pictures, IReadOnlyList<string> prompts, CancellationToken stop) =>
        [.. reward.Of([.. pictures.Select((picture, image) => new Candidate(image, 0, prompts[image % prompts.Count], () => picture))],
            output.WriteLine, stop)];
}
