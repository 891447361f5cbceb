using Architecture.Tests.Planted.Above;

namespace Architecture.Tests.Planted.Below;

/// <summary>Points upward on purpose: the test of the tests.</summary>
internal static class Cellar
{
    public static int Depth(int floors) => -Roof.Height(floors);
}
