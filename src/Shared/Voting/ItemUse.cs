namespace Labeler.Shared.Voting;

/// <summary>The numbers are stored.</summary>
public enum ItemUse
{
    Training = 0,
    Gold = 1,

    /// <summary>Judged in the project's first epoch, and again in each later one.</summary>
    Anchor = 2,

    /// <summary>A picture of this epoch's model against one of the model that it learned from.</summary>
    Duel = 3,
}
