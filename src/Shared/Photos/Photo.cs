using Labeler.Shared.Samples;

namespace Labeler.Shared.Photos;

/// <summary>A photo that was brought into a project, with its caption. The same content is in a project once.</summary>
public sealed class Photo
{
    private Photo() { }

    public long Id { get; private set; }
    public long ProjectId { get; private set; }
    public long JobId { get; private set; }
    public long ImageId { get; private set; }
    public SampleImage? Image { get; private set; }
    public string ContentHash { get; private set; } = "";
    public string Name { get; private set; } = "";
    public string? Caption { get; private set; }

    /// <summary>Who wrote the caption: a person's name, or the model's.</summary>
    public string? CaptionBy { get; private set; }
    public DateTimeOffset? CaptionedAt { get; private set; }

    /// <summary>Why the captioner had to give it up; null where it did not.</summary>
    public string? CaptionFault { get; private set; }

    /// <summary>Tokens that captions of it have cost, refused answers included.</summary>
    public long InputTokens { get; private set; }
    public long OutputTokens { get; private set; }

    internal static Photo In(Group group, long jobId, string name) => new()
    {
        ProjectId = group.ProjectId,
        JobId = jobId,
        Image = group.Images[0],
        ContentHash = group.Images[0].ContentHash,
        Name = name,
    };

    /// <exception cref="LabelerException">The text breaks a rule of captions.</exception>
    public void Describe(string text, string by, Captions.CaptionRules rules, DateTimeOffset now)
    {
        var caption = Captions.CaptionRules.Clean(text);
        if (rules.Fault(caption) is { } fault)
        {
            throw new LabelerException(fault);
        }
        (Caption, CaptionBy, CaptionedAt, CaptionFault) = (caption, by, now, null);
    }

    internal void GiveUp(string fault) => CaptionFault = fault;

    internal void Spend(long input, long output) => (InputTokens, OutputTokens) = (InputTokens + input, OutputTokens + output);
}

/// <summary>A file of an import that did not become a photo, and why.</summary>
public sealed class SkippedFile
{
    private SkippedFile() { }

    internal SkippedFile(long jobId, string name, SkipKind kind, string reason)
    {
        JobId = jobId;
        Name = name;
        Kind = kind;
        Reason = reason;
    }

    public long Id { get; private set; }
    public long JobId { get; private set; }
    public string Name { get; private set; } = "";
    public SkipKind Kind { get; private set; }
    public string Reason { get; private set; } = "";
}

/// <summary>The numbers are stored.</summary>
public enum SkipKind
{
    /// <summary>It should have been a picture and cannot be used.</summary>
    Refused = 0,

    /// <summary>The project has the same content already.</summary>
    Duplicate = 1,

    /// <summary>It is none to label: a mask, an edge image, a text beside the pictures.</summary>
    NotToLabel = 2,
}
