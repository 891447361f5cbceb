using System.Globalization;
using System.Text;
using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Experiments.Rubric;

/// <summary>
/// Drawn mirror scenes, right ones and such with faults, as a fast labeler sorts them (mirror report, section 3.1): those of
/// label 1 and 2 make an image folder with <c>metadata.jsonl</c>, label 3 is left out.
/// </summary>
internal static class CuratedScenes
{
    private const long Series = 0x43_75_72_65; // "Cure": neither pretraining nor a test draws from it
    private const int OnSheet = 8, CaptionHeight = 14;

    /// <summary>Draws and labels; a folder that is complete is read again.</summary>
    /// <param name="folder">Of the images.</param>
    /// <param name="options">How many scenes, and how the labeler errs.</param>
    /// <param name="stop">Looked at between scenes.</param>
    /// <exception cref="EngineException">A label is left without an image.</exception>
    public static IReadOnlyList<CaptionedImage> Make(string folder, RubricOptions options, CancellationToken stop)
    {
        string list = Path.Combine(folder, CaptionedFolder.List);
        if (!File.Exists(list))
        {
            Draw(folder, list, options, stop);
        }

        IReadOnlyList<CaptionedImage> images = CaptionedFolder.Read(folder);
        foreach (int label in RubricOptions.Labels)
        {
            if (!images.Any(image => image.Label == $"{label}"))
            {
                throw new EngineException($"none of {options.Scenes} scenes has label {label}; choose more --scenes and a new folder");
            }
        }

        return images;
    }

    private static void Draw(string folder, string list, RubricOptions options, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        SimulatedAnnotator labeler = options.Labeler;
        var (lines, shown) =
            (new StringBuilder(), MirrorRubric.Labels.ToDictionary(label => label, _ => new List<ContactSheet.Cell>()));
        for (int number = 0; number < options.Scenes; number++)
        {
            stop.ThrowIfCancellationRequested();
            Scene scene = Scene.Draw(Series + options.Tuning.Seed, number, SceneFamily.Mirror);
            int label = labeler.Label(scene.Picture, number);
            shown[label].Add(new ContactSheet.Cell(scene.Picture, $"{label}: {scene.Truth.ToText()}"));
            if (RubricOptions.Labels.Contains(label))
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"{number:00000}.png");
                AtomicFile.Write(Path.Combine(folder, name), scene.Picture.ToPng());
                lines.Append(JsonSerializer.Serialize(new { file_name = name, text = scene.Prompt, label = $"{label}" })).Append('\n');
            }
        }

        ContactSheet.Cell[] cells =
            [.. shown.OrderBy(entry => entry.Key)
                .SelectMany(entry => entry.Value.Concat(Enumerable.Repeat(default(ContactSheet.Cell), OnSheet)).Take(OnSheet))];
        AtomicFile.Write(folder + ".png", new ContactSheet(OnSheet, CaptionHeight: CaptionHeight).Draw(cells).ToPng());
        AtomicFile.Write(list, Encoding.UTF8.GetBytes(lines.ToString()));
    }
}
