using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Labeler.Shared.Imaging;

namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>JSON that other programs read: names as they are given, letters of every script as themselves.</summary>
internal static class SetText
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>A picture inside a text (RFC 2397).</summary>
    public static string DataAddress(SetPicture picture) =>
        $"data:{picture.Format.MediaType()};base64,{Convert.ToBase64String(picture.Content)}";
}
