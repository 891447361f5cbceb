using QRCoder;

namespace Labeler.Web.Features.Accounts.TwoFactor;

/// <summary>A key as authenticator apps take it: a link, and the same as a picture to be photographed.</summary>
internal static class AuthenticatorLink
{
    private const string Issuer = "Labeler";

    public static string Of(Account account, string key) =>
        $"otpauth://totp/{Issuer}:{Uri.EscapeDataString(account.UserName!)}?secret={key}&issuer={Issuer}&digits=6";

    /// <summary>SVG, black on white in every color scheme, as cameras want it.</summary>
    public static string Picture(string link)
    {
        using var data = QRCodeGenerator.GenerateQrCode(link, QRCodeGenerator.ECCLevel.M);
        using var picture = new SvgQRCode(data);
        return picture.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }

    /// <summary>In groups of four, to be typed.</summary>
    public static string Spaced(string key) => string.Join(' ', key.Chunk(4).Select(four => new string(four)));
}
