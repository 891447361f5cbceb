namespace Architecture.Tests.Planted.Above;

internal static class Roof
{
    public static int Height(int floors) => floors * 3;
}
