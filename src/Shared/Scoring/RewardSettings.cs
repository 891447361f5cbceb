using System.ComponentModel.DataAnnotations;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Scoring;

/// <summary>What a reward needs beside its kind; kept as JSON. It never changes once the reward is in use, so that a figure of last year
/// and one of today mean the same.</summary>
public sealed record RewardSettings
{
    public const string UsualRating = "How well does this picture show \"{prompt}\"? Answer with a number from 1 (not at all) to 10 "
        + "(perfectly), and with nothing else.";

    [Display(Name = "Address",
        Description = "A server of scores: POST of {\"images\": [PNG in base64], \"prompts\": [text]}, answered with {\"scores\": [number "
            + "or null]}. A vision-language model: its OpenAI-compatible interface, such as https://host/v1."), StringLength(2000)]
    public string Address { get; init; } = "";

    [Display(Name = "Model", Description = "As the server calls it."), StringLength(200)]
    public string Model { get; init; } = "";

    [Display(Name = "Question",
        Description = "{prompt} stands for what the picture was made from. Ask for a number from 1 to 10, or for yes or no."),
            StringLength(2000)]
    public string Question { get; init; } = UsualRating;

    [Display(Name = "Answer", Description = "A rating is a number from 1 to 10; of yes or no, yes is 1 and no 0.")]
    public AnswerKind Answer { get; init; }

    [Display(Name = "Seconds for an answer", Description = "How long one request may take in all."), Range(0.1, 600.0)]
    public double TimeoutSeconds { get; init; } = 60;

    [Display(Name = "Attempts", Description = "How often a request is made before it counts as failed."), Range(1, 10)]
    public int Attempts { get; init; } = 3;

    [Display(Name = "Pictures at once", Description = "In one request to a server of scores."), Range(1, 256)]
    public int AtOnce { get; init; } = 8;

    [Display(Name = "File",
        Description = "TorchScript, as torch.jit.save writes it: a path on the machine of the trainer, or in the data folder."),
            StringLength(1000)]
    public string File { get; init; } = "";

    [Display(Name = "Class of mirrors", Description = "The number that the detector gives a mirror."), Range(0, 1_000_000)]
    public long MirrorClass { get; init; }

    [Display(Name = "Classes that count as objects",
        Description = "Numbers with commas between, such as 0, 2, 56; empty for every class but the mirror's."), StringLength(4000)]
    public string ObjectClasses { get; init; } = "";

    [Display(Name = "Mirrors count from a score of", Description = "c1 of the mirror report."), Range(0.0, 1.0)]
    public double MirrorScore { get; init; } = 0.35;

    [Display(Name = "Objects count from a score of", Description = "c2 of the mirror report."), Range(0.0, 1.0)]
    public double ObjectScore { get; init; } = 0.25;

    [Display(Name = "Inside above a share of", Description = "c3 of the mirror report: of the object's box in the mirror's box."),
        Range(0.0, 1.0)]
    public double InsideShare { get; init; } = 0.85;

    [Display(Name = "Reward model", Description = "One that learned from votes and was accepted.")]
    public long? LearnedReward { get; init; }

    /// <summary>The classes that count; null for all but the mirror's.</summary>
    /// <exception cref="LabelerException">It is no list of numbers.</exception>
    public IReadOnlySet<long>? Objects => string.IsNullOrWhiteSpace(ObjectClasses) ? null
        : ObjectClasses.Split([',', ' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(text => long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture,
                    out var number) ? number
                : throw new LabelerException($"\"{Short(text)}\" is no class number: write numbers with commas between, such as 0, 2, 56."))
            .ToHashSet();

    /// <summary>Everything that is wrong for a kind, one clear line each.</summary>
    public IReadOnlyList<string> Faults(RewardKind kind) => [.. SettingsRules.RangeFaults(this), .. Missing(kind)];

    private IEnumerable<string> Missing(RewardKind kind)
    {
        if (kind.IsServer() && !ServerAddress.IsOne(Address))
        {
            yield return ServerAddress.Rule;
        }
        if (kind == RewardKind.VisionLanguage && string.IsNullOrWhiteSpace(Model))
        {
            yield return "Name the model, as the server calls it.";
        }
        if (kind == RewardKind.VisionLanguage && string.IsNullOrWhiteSpace(Question))
        {
            yield return "Write what the model is asked about a picture.";
        }
        if (kind.TakesFile() && string.IsNullOrWhiteSpace(File))
        {
            yield return "Name the TorchScript file.";
        }
        if (kind == RewardKind.Learned && LearnedReward is null)
        {
            yield return "Choose a reward model.";
        }
        string? wrong = null;
        try
        {
            _ = Objects;
        }
        catch (LabelerException error)
        {
            wrong = error.Message;
        }
        if (wrong is not null)
        {
            yield return wrong;
        }
    }

    private static string Short(string text) => text.Length > 20 ? text[..20] + "…" : text;
}

/// <summary>What a vision-language model answers with. The numbers are stored.</summary>
public enum AnswerKind { Rating = 0, YesOrNo = 1 }
