using System.Text.RegularExpressions;

namespace Architecture.Tests.Planted;

/// <summary>Three regular expressions without an end, for the test that must find them.</summary>
internal static partial class PlantedRegex
{
    public static bool Called(string text) => Regex.IsMatch(text, "(a+)+$");

    public static bool Made(string text) => new Regex("(a+)+$").IsMatch(text) || Generated().IsMatch(text);

    [GeneratedRegex("(a+)+$")]
    private static partial Regex Generated();
}
