using Labeler.Shared.Epochs;

namespace Labeler.Shared.Samples;

/// <summary>Images of one prompt from one starting noise. Its row is written only when all its files are complete.</summary>
public sealed class Group
{
    private readonly List<SampleImage> _images = [];

    private Group() { }

    public long Id { get; private set; }
    public long ProjectId { get; private set; }
    public long EpochId { get; private set; }
    public GroupUse Use { get; private set; }

    /// <summary>Counted from 0 within the epoch and use; sampling that was interrupted goes on with the numbers that are missing.</summary>
    public int Number { get; private set; }
    public long? PromptId { get; private set; }

    /// <summary>The text as it was sampled; the project's prompt may change later.</summary>
    public string Prompt { get; private set; } = "";

    /// <summary>Seed of the starting noise x_T.</summary>
    public long Seed { get; private set; }

    /// <summary>Content hash of the trajectory file; null where none was kept.</summary>
    public string? TrajectoryHash { get; private set; }

    /// <summary>When its trajectory was removed, as nothing needs it any more; null where it is kept.</summary>
    public DateTimeOffset? TrajectoryFreedAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public IReadOnlyList<SampleImage> Images => _images;

    /// <param name="images">In the order in which the trajectory holds them.</param>
    public static Group Sampled(
        Epoch epoch, GroupUse use, int number, long? promptId, string prompt, long seed, string? trajectoryHash,
            IEnumerable<NewImage> images, DateTimeOffset now)
    {
        var group = new Group
        {
            ProjectId = epoch.ProjectId,
            EpochId = epoch.Id,
            Use = use,
            Number = number,
            PromptId = promptId,
            Prompt = prompt,
            Seed = seed,
            TrajectoryHash = trajectoryHash,
            CreatedAt = now,
        };
        group._images.AddRange(images.Select((image, index) => new SampleImage(image, index)));
        return group;
    }

    public static Group Imported(Epoch epoch, int number, NewImage photo, DateTimeOffset now) => Brought(epoch, number, "", [photo], now);

    /// <summary>Pictures of one prompt that came from elsewhere, so that no trajectory says how they were made.</summary>
    public static Group Brought(Epoch epoch, int number, string prompt, IEnumerable<NewImage> images, DateTimeOffset now) =>
        Sampled(epoch, GroupUse.Imported, number, null, prompt, 0, null, images, now);
}

/// <summary>The numbers are stored.</summary>
public enum GroupUse
{
    Labeling = 0,

    /// <summary>Fixed prompts and seeds that every epoch samples, to be compared side by side. They teach nothing; people of pair projects
    /// compare them with the epoch before.</summary>
    Evaluation = 1,
    Imported = 2,
}

/// <summary>An image in the file store, about to be written down.</summary>
public readonly record struct NewImage(string ContentHash, int Width, int Height, long Seed);
