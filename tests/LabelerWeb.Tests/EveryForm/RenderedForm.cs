using System.Net.Http.Headers;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Labeler.Web.Tests.EveryForm;

/// <summary>A form as a page shows it, and what a browser would post of it.</summary>
/// <param name="Page">Where it stands.</param>
/// <param name="Action">Where it is posted to.</param>
/// <param name="Pattern">The route of it.</param>
/// <param name="Key">Alike for the same form on several pages and about several things.</param>
/// <param name="IsConfirmed">Does the page ask first, as before something that cannot be undone?</param>
internal sealed record RenderedForm(string Page, Uri Action, string Pattern, string Key, bool IsConfirmed, bool IsMultipart, IReadOnlyList<Field> Fields)
{
    private const string Token = "__RequestVerificationToken";

    public static RenderedForm Of(IHtmlFormElement form, Uri page, Func<Uri, string> pattern)
    {
        List<Field> fields = [.. form.QuerySelectorAll("input[name], select[name], textarea[name], button[name]").Where(e => !e.HasAttribute("disabled")).Select(Field.Of)];
        var action = form.GetAttribute("action") is { Length: > 0 } address ? new Uri(new Uri(page, "/"), address) : page;
        var handler = fields.Find(field => field.Name == "_handler")?.Value;
        var route = pattern(action);
        var key = $"{route} {handler} {string.Join(' ', fields.Select(field => field.Name).Distinct().Order(StringComparer.Ordinal))}";
        return new(page.PathAndQuery, action, route, key, form.HasAttribute("data-confirm"), form.GetAttribute("enctype") == "multipart/form-data", fields);
    }

    /// <summary>One of the ways in which somebody may fill it in; null where it is none of its own.</summary>
    public HttpContent? Filled(Way way, string token)
    {
        if (way != Way.NothingTicked && !Fields.Any(field => field.IsTypedOrChosen || (way >= Way.Hostile && field.Name is not (Token or "_handler"))))
        {
            return null;
        }
        var values = Fields.Where(field => field.Name != Token).SelectMany(field => field.In(way)).Append(new(Token, token)).ToList();
        if (!IsMultipart)
        {
            return new FormUrlEncodedContent(values.Select(value => KeyValuePair.Create(value.Name, value.Text)));
        }
        var content = new MultipartFormDataContent();
        foreach (var (name, text) in values)
        {
            content.Add(new StringContent(text), name);
        }
        foreach (var file in Fields.Where(field => field.Kind == "file"))
        {
            var sent = new ByteArrayContent(way switch { Way.Everything => [.. "what,was,chosen\n1,2,3\n"u8], Way.Hostile => [0, 0xff, 0xfe, 0], _ => [] });
            sent.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            content.Add(sent, file.Name, way switch { Way.Everything => "file.csv", Way.Hostile => "a\u00e9//..b", _ => "\"\"" });
        }
        return content;
    }
}

internal enum Way
{
    /// <summary>As the page shows it, without a tick.</summary>
    NothingTicked,

    /// <summary>With every text taken out.</summary>
    Emptied,

    /// <summary>Every tick set, the last choice of each list, something in every text.</summary>
    Everything,

    /// <summary>What no browser lets anybody type, in hidden values too.</summary>
    Hostile,

    /// <summary>A NUL character everywhere. A form that is not multipart is refused whole then.</summary>
    Nul,

    /// <summary>A number that is no choice of any list.</summary>
    Number,
}

/// <param name="Kind">An input's type, or select or textarea.</param>
/// <param name="Choices">Of a select.</param>
internal sealed record Field(string Name, string Kind, string Value, IReadOnlyList<string> Choices)
{
    private const string Nasty = "\r\n\u00e9 //x\\\ud83d\ude00\u202e%00<b>";

    public bool IsTypedOrChosen => Kind is not ("hidden" or "submit");

    public static Field Of(IElement element) => element switch
    {
        IHtmlInputElement input => new(input.Name!, input.Type, input.GetAttribute("value") ?? (input.Type == "checkbox" ? "on" : ""), []),
        IHtmlSelectElement select => new(select.Name!, "select", select.Options.FirstOrDefault(o => o.IsDefaultSelected)?.Value ?? select.Options.FirstOrDefault()?.Value ?? "", [.. select.Options.Select(o => o.Value)]),
        IHtmlTextAreaElement area => new(area.Name!, "textarea", area.TextContent, []),
        _ => new(element.GetAttribute("name")!, "submit", element.GetAttribute("value") ?? "", []),
    };

    public IEnumerable<(string Name, string Text)> In(Way way)
    {
        if (Kind is "file" or "submit" && (way != Way.Everything || Kind == "file"))
        {
            return [];
        }
        if (Name == "_handler")
        {
            return [(Name, Value)];
        }
        return way switch
        {
            Way.Hostile => [(Name, Nasty)],
            Way.Nul => [(Name, "a\u0000b")],
            Way.Number => [(Name, "99")],
            _ when Kind == "hidden" => [(Name, Value)],
            Way.Everything => [(Name, Choices.Count > 0 ? Choices[^1] : Value.Length > 0 ? Value : Sample())],
            _ when Kind is "checkbox" or "radio" => [],
            Way.Emptied => [(Name, "")],
            _ => [(Name, Value)],
        };
    }

    private string Sample() => Kind switch { "number" => "1", "password" => "several words that fit", _ => "1 thing" };
}
