namespace Labeler.Web.Features.Projects;

/// <summary>What the form of a project says. It is kept as typed, so that a refused form comes back as it was.</summary>
public sealed class ProjectForm
{
    public static readonly List<SettingField> General =
        SettingField.Of<ProjectSettings>("Settings", nameof(ProjectSettings.Guidelines), nameof(ProjectSettings.Algorithm));
    public static readonly List<SettingField> Sampling = SettingField.Of<SamplingSettings>("Sampling");
    public static readonly List<SettingField> Training = SettingField.Of<TrainingOptions>("Training");
    public static readonly List<SettingField> Compute = SettingField.Of<ComputeSettings>("Compute");
    public string Name { get; private set; } = "";
    public LabelingTask Task { get; private set; }
    public ProjectSettings Settings { get; private set; } = new();

    /// <summary>Prompts as typed; null where they were not touched.</summary>
    public string? Prompts { get; private set; }

    public string? HeldOut { get; private set; }
    public List<string> Faults { get; } = [];

    /// <summary>Where the settings come from that were filled in as published; null where none were.</summary>
    public string? Published { get; private set; }

    public static ProjectForm Of(Project project) => new() { Name = project.Name, Task = project.Task, Settings = project.Settings };

    /// <summary>A new project's form: the options that a first project needs.</summary>
    public static ProjectForm Empty() => new() { Settings = new ProjectSettings { Choices = Scale.Rubric } };

    public static ProjectForm Of(ProjectTemplate template) => new()
    {
        Name = template.Name,
        Task = template.Task,
        Settings = template.Settings,
        Prompts = string.Join('\n', template.Prompts),
    };

    /// <summary>A new project's form with everything that another project has; its prompts have to be loaded.</summary>
    public static ProjectForm Like(Project project) => new()
    {
        Name = $"{project.Name}, copy",
        Task = project.Task,
        Settings = project.Settings,
        Prompts = string.Join('\n', ProjectEditing.Texts(project, PromptUse.Training)),
        HeldOut = string.Join('\n', ProjectEditing.Texts(project, PromptUse.HeldOut)),
    };

    /// <summary>Everything that would keep it from being saved, a sentence each; typed prompts and files are looked at on saving.</summary>
    public IReadOnlyList<string> AllFaults() =>
    [
        .. Name.Trim().Length is 0 or > 100 ? [Texts.Say($"A project's name has 1 to 100 characters.")] : Array.Empty<string>(),
        .. Faults, .. Settings.Faults(Task),
    ];

    public static ProjectForm Read(IFormCollection posted, ProjectSettings before)
    {
        var form = new ProjectForm { Name = posted["Name"].ToString(), Prompts = posted["Prompts"], HeldOut = posted["HeldOut"] };
        form.Task = Enum.TryParse<LabelingTask>(posted["Task"], out var task) && Enum.IsDefined(task) ? task : LabelingTask.FlagBatch;
        var flags = posted["Flags"].Select(f => Enum.TryParse<FlagKinds>(f, out var flag) ? flag : FlagKinds.None)
            .Aggregate(FlagKinds.None, (all, flag) => all | flag);
        form.Settings = SettingField.Fill(General, before with { }, posted, form.Faults) with
        {
            Flags = flags == FlagKinds.None && form.Task != LabelingTask.FlagBatch ? FlagKinds.Deformed : flags,
            Algorithm = posted["Algorithm"].ToString() is { Length: > 0 } algorithm ? algorithm : before.Algorithm,
            Guidelines = posted["Guidelines"].ToString().ReplaceLineEndings("\n"),
            Choices = form.Task is LabelingTask.Categorise or LabelingTask.Score ? form.ReadChoices(posted) : [],
            Sampling = SettingField.Fill(Sampling, before.Sampling with { }, posted, form.Faults),
            Training = SettingField.Fill(Training, before.Training with { }, posted, form.Faults),
            Compute = SettingField.Fill(Compute, before.Compute with { }, posted, form.Faults),
        };
        form.TakeLearningRate(before);
        return form;
    }

    // Who chooses another algorithm and leaves the learning rate as it was gets the new algorithm's own.
    private void TakeLearningRate(ProjectSettings before)
    {
        if (Settings.Algorithm != before.Algorithm && Settings.Training.LearningRate == before.Training.LearningRate
            && AlgorithmInfo.Find(Settings.Algorithm) is { } chosen)
        {
            Settings = Settings with { Training = Settings.Training with { LearningRate = chosen.LearningRate } };
        }
    }

    /// <summary>Fills in what its algorithm's authors had; one of which nothing is kept is a fault.</summary>
    public void UsePublished()
    {
        try
        {
            Settings = PublishedSettings.Of(Settings);
            Published = PublishedSettings.Source(Settings.Algorithm);
        }
        catch (LabelerException error)
        {
            Faults.Add(error.Message);
        }
    }

    private List<Choice> ReadChoices(IFormCollection posted)
    {
        var choices = new List<Choice>();
        var (names, keys, definitions, values) =
            (posted["Choice.Name"], posted["Choice.Key"], posted["Choice.Definition"], posted["Choice.Value"]);
        var examples = posted["Choice.Example"];
        for (var i = 0; i < Math.Min(names.Count, Math.Min(keys.Count, Math.Min(definitions.Count, values.Count))); i++)
        {
            if (string.IsNullOrWhiteSpace(names[i]) && string.IsNullOrWhiteSpace(definitions[i]))
            {
                continue;
            }
            double? value = null;
            if (!string.IsNullOrWhiteSpace(values[i]))
            {
                if (double.TryParse(values[i], System.Globalization.CultureInfo.InvariantCulture, out var number)
                    && double.IsFinite(number))
                {
                    value = number;
                }
                else
                {
                    Faults.Add(Texts.Say($"The value of \"{names[i]}\" must be a number, not \"{values[i]}\"."));
                }
            }
            choices.Add(new(names[i]!.Trim(), keys[i]!.Trim().ToLowerInvariant(), definitions[i]!.Trim(), value,
                examples.Count > i ? examples[i]! : ""));
        }
        return choices;
    }
}
