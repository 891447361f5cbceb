using System.Text;
using Labeler.Shared.Webhooks;

namespace Labeler.Shared.Projects;

/// <summary>One labeling task on one model, with its prompts and epochs.</summary>
public sealed class Project : Announcing
{
    private readonly List<Prompt> _prompts = [];

    private Project() { }

    public long Id { get; private set; }

    /// <summary>The name in addresses: small letters, digits and dashes.</summary>
    public string Slug { get; private set; } = "";
    public string Name { get; private set; } = "";
    public LabelingTask Task { get; private set; }

    /// <summary>Is one of the project's options chosen for each image?</summary>
    public bool AsksForOption => Task is LabelingTask.Categorise or LabelingTask.Score;

    /// <summary>Are images compared with each other, so that none has a value of its own?</summary>
    public bool Compares => Task.Compares();
    public PictureSource Source { get; private set; }
    public ProjectSettings Settings { get; private set; } = new();
    /// <summary>Is everybody with an account a member, with the role that they hold in the installation?</summary>
    public bool IsOpenToAll { get; private set; } = true;

    /// <summary>How many votes everybody may give who has no quota of their own; null for any number.</summary>
    public int? QuotaPerDay { get; private set; }

    /// <inheritdoc cref="QuotaPerDay" />
    public int? QuotaInTotal { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? DeletedAt { get; private set; }
    public IReadOnlyList<Prompt> Prompts => _prompts;

    /// <exception cref="LabelerException">The name or a setting cannot be used.</exception>
    public static Project Create(string name, LabelingTask task, ProjectSettings settings, DateTimeOffset now,
        PictureSource source = PictureSource.Sampled)
    {
        LabelerException.ThrowIf(
            source == PictureSource.Imported && task is not (LabelingTask.Categorise or LabelingTask.Score),
            "Photos are categorised or scored, one at a time: choose one of these tasks.");
        var project = new Project { Task = task, Source = source, CreatedAt = now };
        project.Rename(name);
        project.Slug = SlugOf(project.Name);
        project.Change(settings);
        return project;
    }

    public void Rename(string name)
    {
        var trimmed = name.Trim();
        LabelerException.ThrowIf(trimmed.Length is 0 or > 100, "A project's name has 1 to 100 characters.");
        Name = trimmed;
    }

    /// <summary>Takes another address, where the name's own is in use by a project or by the form for new ones.</summary>
    public async Task TakeFreeSlug(LabelerDb db, CancellationToken cancel = default)
    {
        var taken = await db.Projects.Select(p => p.Slug).ToHashSetAsync(cancel);
        taken.Add("new");
        var wanted = Slug;
        for (var number = 2; taken.Contains(Slug); number++)
        {
            Slug = SlugOf($"{wanted[..Math.Min(wanted.Length, 50)]}-{number}");
        }
    }

    public void Change(ProjectSettings settings)
    {
        var faults = settings.Faults(Task);
        if (faults.Count > 0)
        {
            throw new LabelerException(string.Join(" ", faults));
        }
        Settings = settings;
    }

    /// <summary>Replaces the prompts. Load the project with its prompts before. Groups keep the text that they were sampled with.</summary>
    public void UsePrompts(IEnumerable<string> texts, IEnumerable<string>? heldOut = null)
    {
        var kept = PromptText.Clean(texts).Select((text, n) => new Prompt(text, n, PromptUse.Training)).ToList();
        LabelerException.ThrowIf(kept.Count == 0, "A project needs at least one prompt.");
        kept.AddRange(PromptText.Clean(heldOut ?? []).Select((text, n) => new Prompt(text, kept.Count + n, PromptUse.HeldOut)).ToList());
        _prompts.Clear();
        _prompts.AddRange(kept);
    }

    /// <exception cref="LabelerException">Its pictures are not made by the epochs' models.</exception>
    internal void RequireSampled(string verb)
    {
        LabelerException.ThrowIf(
            Source != PictureSource.Sampled,
            $"{Name} {(Source == PictureSource.Imported ? "holds photos that were brought in" : "compares given checkpoints")}, so there "
                + $"is no model of its own to {verb}.");
    }

    /// <summary>Hides the project; nothing is lost, and Restore brings it back.</summary>
    public void Delete(DateTimeOffset now) => DeletedAt ??= now;

    /// <summary>Whether everybody with an account is a member, or only those who were made one.</summary>
    public void OpenToAll(bool open) => IsOpenToAll = open;

    /// <summary>How many votes everybody may give who has no quota of their own.</summary>
    public void Ask(Quota quota) => (QuotaPerDay, QuotaInTotal) = quota.Checked();

    public void Restore() => DeletedAt = null;

    private static string SlugOf(string name)
    {
        var slug = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }
        var text = slug.ToString().Trim('-');
        return text.Length == 0 ? "project" : text[..Math.Min(60, text.Length)].Trim('-');
    }
}

/// <summary>Where a project's pictures come from. The numbers are stored.</summary>
public enum PictureSource
{
    /// <summary>Each epoch's model makes them; the votes train the next one.</summary>
    Sampled = 0,

    /// <summary>Photos that were brought in, to be sorted or scored.</summary>
    Imported = 1,

    /// <summary>Given checkpoints make them once, to be compared.</summary>
    Checkpoints = 2,
}
