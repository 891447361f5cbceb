namespace Labeler.Web.Features.Accounts;

/// <summary>A browser and its system in a few words, for people to tell their devices apart.</summary>
public static class DeviceName
{
    // In this order: most browsers also call themselves by the names of others.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
        ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"), ("curl", "curl"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    public static string Of(string userAgent, IStringLocalizer<Texts> L) => (Find(Browsers, userAgent), Find(Systems, userAgent)) switch
    {
        (null, null) => userAgent.Length == 0 ? L["A program without a name"] : userAgent.Length > 60 ? userAgent[..60] : userAgent,
        ({ } browser, null) => browser,
        (null, { } system) => L["A program on {0}", system],
        var (browser, system) => L["{0} on {1}", browser, system],
    };

    private static string? Find((string Mark, string Name)[] among, string userAgent) =>
        among.Where(one => userAgent.Contains(one.Mark, StringComparison.Ordinal)).Select(one => one.Name).FirstOrDefault();
}
