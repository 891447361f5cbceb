namespace Labeler.Shared.Voting;

/// <summary>The numbers are stored.</summary>
public enum ItemState
{
    Open = 0,
    Done = 1,

    /// <summary>Its model has been superseded; nobody is asked any more.</summary>
    Retired = 2,

    /// <summary>Two people disagree about its flags, and a lead is to decide; nobody else is asked.</summary>
    Disputed = 3,
}
