using Labeler.Shared.Imaging;
using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>A policy's evaluation images and what the oracle says of them.</summary>
/// <param name="Pictures">One per starting noise; every policy gets the same noises.</param>
/// <param name="Seen">One judgement a picture.</param>
internal sealed record Measurement(IReadOnlyList<Picture> Pictures, IReadOnlyList<Judgement> Seen)
{
    /// <summary>The most pictures of a sheet.</summary>
    public const int SheetImages = 50;

    /// <summary>How sheets are drawn.</summary>
    public static ContactSheet Sheets { get; } = new(Columns: 10, CaptionHeight: 26);

    /// <summary>Samples and judges.</summary>
    /// <param name="modelFolder">The base model.</param>
    /// <param name="policy">Weights or adapter on it; null for none.</param>
    /// <param name="options">How many images, and how they are sampled.</param>
    /// <param name="workers">Batches are shared between them.</param>
    /// <param name="stop">Looked at between batches.</param>
    public static Measurement Of(string modelFolder, string? policy, ReproductionOptions options, ComputeThreads workers,
        CancellationToken stop)
    {
        StableDiffusion model = StableDiffusion.Load(modelFolder);
        using ModelPatch? patch = policy is null ? null : new ModelPatch(model, policy);
        string[] prompts = [.. Enumerable.Range(0, options.EvaluationImages).Select(options.Experiment.Prompt)];
        IReadOnlyList<Picture> pictures = EvaluationImages.Sample(model, prompts, options.Steps, options.Guidance, workers, stop);
        return new Measurement(pictures, [.. pictures.Select(picture => Oracle.Judge(picture, options.Experiment.Family))]);
    }

    /// <summary>Mean colour of all pictures.</summary>
    public double[] Colour => Diversity.MeanColour(Pictures);

    /// <summary>The epoch's row of the table.</summary>
    public EpochRow ToRow(int epoch, double[] baseColour, double sampleSeconds, double trainSeconds) => new(
        epoch,
        Proportion.Wilson(Seen.Count(one => one.IsGood), Seen.Count),
        Seen.Count(one => !one.Readable) / (double)Seen.Count,
        Seen[0].Family == SceneFamily.Mirror ? Seen.Average(one => one.Score) : null,
        Diversity.Of(Pictures),
        Math.Sqrt(Colour.Zip(baseColour, (now, before) => (now - before) * (now - before)).Sum()),
        sampleSeconds,
        trainSeconds)
    {
        GoodDiversity = Diversity.Of([.. Pictures.Where((_, image) => Seen[image].IsGood)]),
    };

    /// <summary>The first pictures with what was seen in them.</summary>
    public Picture Sheet() => Sheets.Draw(
        [.. Pictures.Take(SheetImages).Select((picture, image) => new ContactSheet.Cell(picture, Seen[image].ToText()))]);
}
