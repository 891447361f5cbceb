using System.Globalization;
using System.Text;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Experiments.Rubric;

/// <summary>
/// Curates drawn scenes, fine-tunes an adapter on each label's, and has the checkpoints along the way scored 0, 1, 3, 6 or 10
/// by simulated raters (mirror report, equation 2 and figure 6). Stopped and called again with the same folder it goes on.
/// </summary>
/// <param name="modelFolder">The bundled model.</param>
/// <param name="options">What is curated, learned and scored.</param>
/// <param name="folder">Gets <c>rubric.csv</c>, a picture and two sheets for each label, the curated images, scores and adapters.</param>
/// <param name="output">Gets a line for each step, and the table.</param>
public sealed class RubricRun(string modelFolder, RubricOptions options, string folder, TextWriter output)
{
    /// <summary>A line for each label, seeds and step, in this order.</summary>
    /// <exception cref="EngineException">An option is impossible, or the folder was begun with others.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; what is complete stays.</exception>
    public IReadOnlyList<ScoredCheckpoint> Run(CancellationToken stop)
    {
        options.Check();
        RunDirectory.Of(folder, RunDirectory.Identity(modelFolder, options, options.Trained));
        IReadOnlyList<CaptionedImage> images = CuratedScenes.Make(Path.Combine(folder, "curated"), options, stop);
        foreach (int label in RubricOptions.Labels)
        {
            output.WriteLine($"label {label}: {images.Count(image => image.Label == $"{label}")} of {options.Scenes} scenes");
        }

        var scoring = new RubricScoring(modelFolder, options, Path.Combine(folder, "scores"));
        var scored = new List<ScoredCheckpoint>();
        foreach (int label in RubricOptions.Labels)
        {
            CaptionedImage[] own = [.. images.Where(image => image.Label == $"{label}")];
            Learn(label, own, stop);
            foreach (bool isFixed in new[] { true, false })
            {
                scored.AddRange(options.Checkpoints.Select(step => Score(scoring, label, step, isFixed, stop)));
                Write($"label-{label}-{ScoredCheckpoint.Seeds(isFixed)}.png", scoring.Sheet(label, isFixed).ToPng());
            }

            string title =
                $"Learned from {own.Length} images of label {label}: scores over training steps, {options.EvaluationImages} images each, "
                    + $"{options.Raters} {(options.Raters == 1 ? "rater" : "raters")}";
            Write($"label-{label}.png", RubricChart.Draw(title, [.. scored.Where(one => one.Label == label)]).ToPng());
            Write("rubric.csv",
                Encoding.UTF8.GetBytes(string.Concat(scored.Select(one => one.ToCsv() + "\n").Prepend(ScoredCheckpoint.CsvHeader + "\n"))));
        }

        output.WriteLine(ScoredCheckpoint.TableHeader);
        scored.ForEach(one => output.WriteLine(one.ToText()));
        return scored;
    }

    private string TrainingOf(int label) => Path.Combine(folder, $"training-{label}");

    private string AdapterOf(int label, int step) =>
        Path.Combine(TrainingOf(label), "evaluation", string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}"),
            SupervisedEvaluation.AdapterFolder);

    private void Learn(int label, CaptionedImage[] images, CancellationToken stop)
    {
        if (Directory.Exists(AdapterOf(label, options.Tuning.Steps)))
        {
            return;
        }

        var place = new RunOptions { Output = TrainingOf(label), Workers = Environment.ProcessorCount, Threads = 1 };
        SupervisedTraining.Run(StableDiffusion.Load(modelFolder), images, options.Tuning with { EvaluationImages = 0 }, options.Trained,
            place, stop);
        output.WriteLine($"label {label}: {options.Tuning.Steps} steps learned");
    }

    private ScoredCheckpoint Score(RubricScoring scoring, int label, int step, bool isFixed, CancellationToken stop) =>
        ScoredCheckpoint.Of(label, step, isFixed,
            scoring.Scores(RubricScoring.LabelOf(label, step), step, isFixed, step == 0 ? null : AdapterOf(label, step), stop));

    private void Write(string name, byte[] content) => AtomicFile.Write(Path.Combine(folder, name), content);
}
