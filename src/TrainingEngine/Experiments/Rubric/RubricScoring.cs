using System.Globalization;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Experiments.Rubric;

/// <summary>
/// Samples pictures of a checkpoint and has them scored by raters who are not told whose they are. At fixed seeds every
/// checkpoint gets the same noise, at random seeds each its own.
/// </summary>
/// <param name="modelFolder">The base model.</param>
/// <param name="options">How many pictures and raters.</param>
/// <param name="folder">Keeps scores and a few pictures; what is there is not scored again.</param>
internal sealed class RubricScoring(string modelFolder, RubricOptions options, string folder)
{
    private const int Kept = 8, CaptionHeight = 14;
    private const ulong FixedSeeds = 0, RandomSeeds = 1;
    private readonly SimulatedAnnotator[] _raters = options.Scorers;

    /// <summary>Scores of a checkpoint, by picture and rater.</summary>
    /// <param name="label">What its adapter learned from; 0 for the base model.</param>
    /// <param name="step">Optimizer steps.</param>
    /// <param name="isFixed">At fixed seeds.</param>
    /// <param name="adapter">Its folder; null for the base model.</param>
    /// <param name="stop">Looked at between batches.</param>
    public int[][] Scores(int label, int step, bool isFixed, string? adapter, CancellationToken stop)
    {
        string place = PlaceOf(label, step, isFixed), file = place + ".csv";
        if (File.Exists(file))
        {
            return ScoredCheckpoint.Read(file);
        }

        StableDiffusion model = StableDiffusion.Load(modelFolder);
        using ModelPatch? patch = adapter is null ? null : new ModelPatch(model, adapter);
        using var workers = new ComputeThreads(Environment.ProcessorCount, 1);
        ulong run = (ulong)(uint)options.Tuning.Seed;
        ulong seed = isFixed ? Seeds.At(EvaluationImages.Seed, run, FixedSeeds)
            : Seeds.At(EvaluationImages.Seed, run, RandomSeeds, (ulong)label, (ulong)step);
        string[] prompts = [.. Enumerable.Range(0, options.EvaluationImages).Select(Experiment.Parse("alignment").Prompt)];
        IReadOnlyList<Picture> pictures = EvaluationImages.Sample(model, prompts, options.Steps, options.Guidance, workers, stop, seed);
        // A picture's number says nothing of its checkpoint to a rater, but no two pictures share one.
        ulong first = Seeds.At(run, (ulong)label, (ulong)step, isFixed ? 1UL : 0UL) >> 1;
        int[][] scores =
            [.. pictures.Select(
                (picture, number) =>
                    Array.ConvertAll(_raters, rater => rater.Score(picture, (long)(Seeds.At(first, (ulong)number) >> 1))))];
        Directory.CreateDirectory(folder);
        for (int number = 0; number < Math.Min(Kept, pictures.Count); number++)
        {
            AtomicFile.Write(PictureOf(place, number), pictures[number].ToPng());
        }

        ScoredCheckpoint.Write(file, scores);
        return scores;
    }

    /// <summary>A row a prompt, a column a checkpoint, each with its pictures' mean scores.</summary>
    public Picture Sheet(int label, bool isFixed)
    {
        int[] steps = [.. options.Checkpoints];
        var scores = steps.ToDictionary(step => step, step => ScoredCheckpoint.Read(PlaceOf(LabelOf(label, step), step, isFixed) + ".csv"));
        return new ContactSheet(steps.Length, CaptionHeight: CaptionHeight).Draw(
            [.. Enumerable.Range(0, Math.Min(Kept, options.EvaluationImages)).SelectMany(number => steps.Select(step =>
            new ContactSheet.Cell(
                Picture.Decode(File.ReadAllBytes(PictureOf(PlaceOf(LabelOf(label, step), step, isFixed), number))),
                string.Create(CultureInfo.InvariantCulture, $"{(step == 0 ? "base" : step)}: {scores[step][number].Average():0.#}"))))]);
    }

    /// <summary>All labels begin with the base model.</summary>
    public static int LabelOf(int label, int step) => step == 0 ? 0 : label;

    private string PlaceOf(int label, int step, bool isFixed) =>
        Path.Combine(folder,
            string.Create(CultureInfo.InvariantCulture,
                $"{(label == 0 ? "base" : $"label-{label}")}-{step:00000000}-{ScoredCheckpoint.Seeds(isFixed)}"));

    private static string PictureOf(string place, int number) => string.Create(CultureInfo.InvariantCulture, $"{place}-{number:00}.png");
}
