using System.CommandLine;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>train supervised</c>: fine-tuning on a folder of images with captions, one adapter for all or one a label.</summary>
internal static class SupervisedCommand
{
    public static Command Create()
    {
        var command = new Command("supervised", "Supervised fine-tuning on a folder of images with captions (metadata.jsonl).");
        var images =
            new Option<string>(
                "--images")
            {
                Description = "folder with metadata.jsonl: one line an image, with file_name, text and, if wanted, label",
                Required = true
            };
        var label = new Option<string?>("--label") { Description = "learn from the images of this label alone" };
        var perLabel = new Option<bool>("--per-label") { Description = "make one adapter per label, each in a folder of its own" };
        command.Add(images);
        command.Add(label);
        command.Add(perLabel);
        _ = new TrainingCommand<SupervisedOptions>(command, new(), (_, _) => new(), call =>
        {
            var all = CaptionedFolder.Read(call.Parsed.GetRequiredValue(images));
            if (call.Parsed.GetValue(perLabel))
            {
                return all.GroupBy(image => image.Label).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
                    Learn(call with { Place = call.Place with { Output = Path.Combine(call.Place.Output, FolderOf(group.Key)) } },
                        [.. group])).ToArray()[^1];
            }
            CaptionedImage[] wanted = [.. all.Where(image => call.Parsed.GetValue(label) is not { } one || image.Label == one)];
            return wanted.Length > 0 ? Learn(call, wanted)
                : throw new EngineException($"no image has the label {call.Parsed.GetValue(label)}");
        }, new TrainedPartOptions(SupervisedOptions.AdapterRank));
        return command;
    }

    private static TrainingResult Learn(TrainingCall<SupervisedOptions> call, IReadOnlyList<CaptionedImage> images)
    {
        Console.WriteLine($"{images.Count} images into {call.Place.Output}");
        return SupervisedTraining.Run(call.Model, images, call.Options, call.Trained, call.Place, call.Stop);
    }

    private static string FolderOf(string label) =>
        "label-" + (label.Length == 0 ? "none" : string.Concat(label.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')));
}
