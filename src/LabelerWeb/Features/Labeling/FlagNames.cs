namespace Labeler.Web.Features.Labeling;

/// <summary>The words for flags, in English, in the order in which keys and buttons offer them.</summary>
public static class FlagNames
{
    public static IReadOnlyList<string> All(FlagKinds flags) =>
        [.. new[] { (FlagKinds.Deformed, Texts.Key("deformed")), (FlagKinds.Unsafe, Texts.Key("unsafe")) }
            .Where(f => flags.HasFlag(f.Item1)).Select(f => f.Item2)];

    /// <summary>What a button says that flags no further picture.</summary>
    public static string Rest(FlagKinds flags) => flags switch
    {
        FlagKinds.Deformed => Texts.Key("Rest normal"),
        FlagKinds.Unsafe => Texts.Key("Rest safe"),
        _ => Texts.Key("Rest fine"),
    };

    public static (string First, string? Second) Of(FlagKinds flags) => (All(flags)[0], All(flags).ElementAtOrDefault(1));
}
