namespace Labeler.Shared.Voting;

/// <summary>Where one person stands with the practice that a project asks for.</summary>
public sealed class Qualification
{
    /// <summary>Tries that a person has before a lead must say something.</summary>
    public const int Tries = 3;

    private Qualification() { }

    internal Qualification(long projectId, Guid annotatorId, DateTimeOffset now) =>
        (ProjectId, AnnotatorId, Attempt, TriesLeft, At) = (projectId, annotatorId, 1, Tries, now);

    public long Id { get; private set; }
    public long ProjectId { get; private set; }
    public Guid AnnotatorId { get; private set; }
    public QualificationState State { get; private set; }

    /// <summary>The try that runs or ended last, from 1; it only grows, so that answers of each stay apart.</summary>
    public int Attempt { get; private set; }

    /// <summary>Tries that are not ended yet, the running one included.</summary>
    public int TriesLeft { get; private set; }

    /// <summary>The lead who let this person in or asked again; null where the practice decided.</summary>
    public string? By { get; private set; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset At { get; private set; }

    public bool IsIn => State is QualificationState.Passed or QualificationState.LetIn;

    internal void End(bool passed, DateTimeOffset now)
    {
        State = passed ? QualificationState.Passed : QualificationState.Failed;
        (TriesLeft, By, At) = (TriesLeft - 1, null, now);
    }

    /// <exception cref="LabelerException">No try has ended without success, or none is left.</exception>
    internal void TryAgain(DateTimeOffset now)
    {
        LabelerException.ThrowIf(State != QualificationState.Failed, "There is no practice to try again: load the page again.");
        LabelerException.ThrowIf(TriesLeft <= 0, "You have had all your tries; ask a lead to let you in or to let you practice again.");
        (State, Attempt, At) = (QualificationState.Practicing, Attempt + 1, now);
    }

    internal void LetIn(string by, DateTimeOffset now) => (State, By, At) = (QualificationState.LetIn, by, now);

    internal void AskAgain(string by, DateTimeOffset now) =>
        (State, Attempt, TriesLeft, By, At) = (QualificationState.Practicing, Attempt + 1, Tries, by, now);
}

/// <summary>The numbers are stored.</summary>
public enum QualificationState { Practicing = 0, Passed = 1, LetIn = 2, Failed = 3 }

/// <summary>One answer of a practice. It is no vote: it teaches nothing and no figure knows it.</summary>
public sealed class PracticeAnswer
{
    private PracticeAnswer() { }

    public long Id { get; private set; }

    /// <summary>Made by the sender; the same key again is the same answer.</summary>
    public Guid Key { get; private set; }
    public long ProjectId { get; private set; }
    public Guid AnnotatorId { get; private set; }
    public int Attempt { get; private set; }
    public long ItemId { get; private set; }
    public Item? Item { get; private set; }

    /// <summary>The item's, so that nobody is measured later by a picture whose right answer they were told.</summary>
    public long GroupId { get; private set; }
    public Verdict? Verdict { get; private set; }
    public bool IsRight { get; private set; }

    /// <summary>Sensitive images seen without blur, as votes count them.</summary>
    public int Exposed { get; private set; }
    public DateTimeOffset At { get; private set; }

    internal static PracticeAnswer To(Item item, Qualification of, Guid key, Verdict verdict, int exposed, DateTimeOffset now) => new()
    {
        Key = key,
        ProjectId = of.ProjectId,
        AnnotatorId = of.AnnotatorId,
        Attempt = of.Attempt,
        ItemId = item.Id,
        GroupId = item.GroupId,
        Verdict = verdict,
        IsRight = item.Gold is { } gold && GoldAnswer.IsRight(gold, verdict),
        Exposed = exposed,
        At = now,
    };
}
