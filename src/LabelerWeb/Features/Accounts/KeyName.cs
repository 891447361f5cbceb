namespace Labeler.Web.Features.Accounts;

public static class KeyName
{
    /// <param name="key">A value of KeyboardEvent.key.</param>
    public static string Of(string key) => key switch
    {
        " " => Texts.Key("Space"),
        "ArrowLeft" => "←",
        "ArrowRight" => "→",
        "ArrowUp" => "↑",
        "ArrowDown" => "↓",
        "Enter" => "Enter",
        _ => key.ToUpperInvariant(),
    };
}
