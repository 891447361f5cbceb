using System.Globalization;
using System.Security.Cryptography;
using Labeler.Shared.Photos;
using Labeler.Web.Features.Projects;

namespace Labeler.Web.Features.Evaluations;

/// <summary>What the form of a new evaluation says. It is kept as typed, so that a refused form comes back as it was.</summary>
public sealed class EvaluationForm
{
    public string Name { get; private set; } = "";
    public EvaluationKind Kind { get; private set; } = EvaluationKind.Duel;
    public IReadOnlySet<string> Chosen { get; private set; } = new HashSet<string>();
    public string Prompts { get; private set; } = "";

    /// <summary>Address of the project whose prompts are taken too; empty for none.</summary>
    public string PromptsOf { get; private set; } = "";
    public string FixedEach { get; private set; } = "1";
    public string RandomEach { get; private set; } = "0";
    public string FixedSeed { get; private set; } = "1";
    public string Raters { get; private set; } = "5";
    public string Guidelines { get; private set; } = "";
    public SamplingSettings Sampling { get; private set; } = new();

    /// <param name="like">The project whose sampling stands in the form at first.</param>
    public static EvaluationForm Empty(Project? like) =>
        new() { Sampling = like?.Settings.Sampling ?? new(), PromptsOf = like?.Slug ?? "" };

    /// <summary>Is it filled in as the mirror report has it?</summary>
    public bool IsOfReport { get; private set; }

    /// <summary>Scores for all steps of one training on photos, as the mirror report has it.</summary>
    public static async Task<EvaluationForm> OfRun(LabelerDb db, FileStore files, Candidate step, CancellationToken cancel) => new()
    {
        Name = $"Scores of {step.Project.Name}",
        Kind = EvaluationKind.Rubric,
        Chosen = new HashSet<string> { step.RunKey! },
        Prompts = string.Join('\n', await ReportPreset.Captions(db, files, step.Contestant.Checkpoint!.Value, cancel)),
        RandomEach = "1",
        Sampling = ReportPreset.Sampling(step.Project.Settings.Sampling),
        IsOfReport = true,
    };

    public static EvaluationForm Read(IFormCollection posted, List<string> faults)
    {
        var form = new EvaluationForm
        {
            Name = posted["Name"].ToString(),
            Kind = posted["Kind"] == nameof(EvaluationKind.Rubric) ? EvaluationKind.Rubric : EvaluationKind.Duel,
            Chosen = posted["Checkpoint"].OfType<string>().ToHashSet(),
            Prompts = posted["Prompts"].ToString(),
            PromptsOf = posted["PromptsOf"].ToString(),
            FixedEach = posted["FixedEach"].ToString(),
            RandomEach = posted["RandomEach"].ToString(),
            FixedSeed = posted["FixedSeed"].ToString(),
            Raters = posted["Raters"].ToString(),
            Guidelines = posted["Guidelines"].ToString().ReplaceLineEndings("\n"),
        };
        SettingField.Fill(ProjectForm.Sampling, form.Sampling, posted, faults);
        return form;
    }

    /// <summary>The ticked models. A whole training stands for each of its steps and for the model that it began with.</summary>
    public IReadOnlyList<Candidate> ChosenOf(IEnumerable<Candidate> candidates)
    {
        var all = candidates.ToList();
        var steps = all.Where(one => one.RunKey is { } run && Chosen.Contains(run)).ToList();
        return [.. all.Where(one => Chosen.Contains(one.Key) || steps.Contains(one)
            || (one.Contestant.Checkpoint is null && steps.Exists(step => step.Contestant.Model == one.Contestant.Model)))];
    }

    /// <summary>The plan that the form describes; what cannot be read of it is added to the faults.</summary>
    /// <param name="prompts">Of the chosen project.</param>
    public EvaluationPlan Plan(IEnumerable<Candidate> candidates, IEnumerable<string> prompts, List<string> faults)
    {
        var plan = new EvaluationPlan
        {
            Kind = Kind,
            Contestants = [.. ChosenOf(candidates).Select(one => one.Contestant)],
            FixedEach = (int)Whole("Pictures at fixed seeds", FixedEach, 100, faults),
            RandomEach = (int)Whole("Pictures at random seeds", RandomEach, 100, faults),
            FixedSeed = Whole("The fixed seed", FixedSeed, long.MaxValue, faults),
            RandomSeed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue,
            Sampling = Sampling,
        };
        try
        {
            return plan with { Prompts = PromptText.Clean(Prompts.ReplaceLineEndings("\n").Split('\n').Concat(prompts)) };
        }
        catch (LabelerException error)
        {
            faults.Add(error.Message);
            return plan;
        }
    }

    public int RatersWanted(List<string> faults) => (int)Whole("Raters per question", Raters, 50, faults);

    private static long Whole(string what, string text, long most, List<string> faults)
    {
        if (long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most)
        {
            return number;
        }
        faults.Add(most == long.MaxValue ? $"{what} must be a whole number." : $"{what} must be a whole number up to {most}.");
        return 0;
    }
}
