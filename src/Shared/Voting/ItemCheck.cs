namespace Labeler.Shared.Voting;

/// <summary>The numbers are stored.</summary>
public enum ItemCheck
{
    /// <summary>Every vote on it stands for itself.</summary>
    None = 0,

    /// <summary>A second person sees the first's flags and confirms or changes them.</summary>
    Asked = 1,

    /// <summary>The two disagreed and a lead has decided.</summary>
    Decided = 2,
}
