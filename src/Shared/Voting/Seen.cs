using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>Which tiles count as seen.</summary>
public static class Seen
{
    /// <summary>A tile that was not displayed says nothing. One left blurred says nothing either, unless it was flagged all the same.</summary>
    public static bool WasSeen(this TileVerdict tile, ProjectSettings settings) =>
        tile.Displayed && (!settings.Blurred || tile.Unblurred || tile.Flags != FlagKinds.None);
}
