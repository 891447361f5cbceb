using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Labeler.Shared.Projects;

/// <summary>What settings must hold to, beyond their ranges.</summary>
public static partial class SettingsRules
{
    /// <summary>The most images of a ranking.</summary>
    private const int MostRanked = 9;

    /// <summary>Everything that is wrong, one clear line each; empty when the settings can be used.</summary>
    public static IReadOnlyList<string> Faults(this ProjectSettings settings, LabelingTask task) =>
    [
        .. RangeFaults(settings), .. RangeFaults(settings.Sampling), .. RangeFaults(settings.Training), .. RangeFaults(settings.Compute),
        .. TaskFaults(settings, task),
    ];

    internal static IEnumerable<string> RangeFaults(object settings)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(settings, new ValidationContext(settings), found, validateAllProperties: true);
        return found.Select(f => f.ErrorMessage ?? "A setting is out of range.");
    }

    private static IEnumerable<string> TaskFaults(ProjectSettings settings, LabelingTask task)
    {
        if (task == LabelingTask.FlagBatch && settings.Flags == FlagKinds.None)
        {
            yield return "A flag project needs at least one flag: deformed or unsafe.";
        }
        if (settings.SecondPersonChecks && task != LabelingTask.FlagBatch)
        {
            yield return "A second person checks flags alone: leave the check off where nothing is flagged.";
        }
        if (settings.SecondPersonChecks && settings.VotesPerItem != 1)
        {
            yield return "A second person checks one person's flags: ask for 1 vote per item, or leave the check off.";
        }
        if (task == LabelingTask.PreferPair && settings.GroupSize < 2)
        {
            yield return "A pair project needs at least 2 images per group.";
        }
        if (task == LabelingTask.Rank && settings.GroupSize is < 2 or > MostRanked)
        {
            yield return $"A ranking project needs 2 to {MostRanked} images per group: a digit places each.";
        }
        if (settings.Sampling.NoisySteps > 0 && settings.Sampling.FirstNoisyStep + settings.Sampling.NoisySteps > settings.Sampling.Steps)
        {
            yield return "There are fewer sampling steps than the noisy ones reach to.";
        }
        if (settings.Training is { Adapter: AdapterKind.Full, TextEncoders: true })
        {
            yield return "Text encoders are trained by an adapter: train an adapter of the model too, or leave the text encoders out.";
        }
        if (settings.Training.LastStep is { } last && last < settings.Training.FirstStep)
        {
            yield return "The last sampling step trained on comes before the first.";
        }
        if (task is not (LabelingTask.Categorise or LabelingTask.Score))
        {
            yield break;
        }
        if (settings.Choices.Count is < 2 or > 20)
        {
            yield return "A categorise or score project needs 2 to 20 options.";
        }
        foreach (var choice in settings.Choices)
        {
            if (choice.Name.Trim().Length is 0 or > 60)
            {
                yield return "An option's name has 1 to 60 characters.";
            }
            if (!ChoiceKey().IsMatch(choice.Key))
            {
                yield return $"The key of \"{choice.Name}\" must be one digit or small letter.";
            }
            if (choice.Example.Length > 0 && !Scale.Examples.Contains(choice.Example))
            {
                yield return $"There is no example \"{choice.Example}\" for \"{choice.Name}\".";
            }
            if (task == LabelingTask.Score && choice.Value is null)
            {
                yield return $"The score \"{choice.Name}\" needs its value.";
            }
        }
        if (settings.Choices.DistinctBy(c => c.Key).Count() < settings.Choices.Count || settings.Choices.DistinctBy(c => c.Name)
            .Count() < settings.Choices.Count)
        {
            yield return "Two options share a name or a key.";
        }
        if (settings.Choices.Any(c => ReservedKeys.Contains(c.Key)))
        {
            yield return $"The keys {string.Join(", ", ReservedKeys)} are taken by undo, zoom, reveal and guidelines.";
        }
    }

    /// <summary>Why votes of a project with these settings can teach its model nothing; null where they can.</summary>
    public static string? WhyNothingIsTaught(LabelingTask task, ProjectSettings settings) => task switch
    {
        LabelingTask.Categorise or LabelingTask.Score
            when settings.Choices.Select(choice => choice.Value).OfType<double>().Distinct().Count() < 2 =>
            "No two options have different values, so no picture is better than another: give the options values, higher for better.",
        _ when AlgorithmInfo.Find(settings.Algorithm)?.LearnsFrom == LearnsFrom.Verdicts => null,
        _ when !task.Compares() && settings.Training.AcrossGroups => null,
        _ when settings.GroupSize < 2 => "Groups of one picture hold nothing to compare: make groups of at least 2.",
        _ => null,
    };

    private static readonly string[] ReservedKeys = ["u", "z", "b", "g"];

    [GeneratedRegex("^[0-9a-z]$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex ChoiceKey();
}
