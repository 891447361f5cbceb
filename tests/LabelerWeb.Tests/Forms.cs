using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Web.Features.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests;

/// <summary>What people do at a browser, as requests: fill in a form of a page, sign in.</summary>
public static partial class Forms
{
    public const string Password = "four random words here";

    /// <summary>Makes an account by an invitation, without a browser.</summary>
    public static async Task<Account> Make(this WebHost host, string name, string role)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LabelerDb>();
        var now = DateTimeOffset.UtcNow;
        var token = Invitation.Write(db, role, null, "", now);
        await db.SaveChangesAsync();
        return await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().Join(db, token, name, Password, now);
    }

    /// <summary>A browser in which a new account of this role is signed in.</summary>
    public static async Task<HttpClient> SignedIn(this WebHost host, string name, string role)
    {
        await host.Make(name, role);
        var browser = host.Browser();
        var answer = await browser.SignIn(name);
        Xunit.Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return browser;
    }

    public static Task<HttpResponseMessage> SignIn(this HttpClient browser, string name, string password = Password) =>
        browser.Submit("/sign-in", "sign-in", ("Form.Name", name), ("Form.Password", password));

    /// <summary>Loads a page and posts one of its forms, named by its handler.</summary>
    public static async Task<HttpResponseMessage> Submit(this HttpClient browser, string page, string form, params (string Name, string Value)[] fields) =>
        await browser.Post(page, page, [.. fields, ("_handler", form)]);

    /// <summary>Presses a button: posts to an address with the form token of a page.</summary>
    public static async Task<HttpResponseMessage> Post(this HttpClient browser, string page, string address, params (string Name, string Value)[] fields)
    {
        var token = await browser.FormToken(page);
        return await browser.PostAsync(address, new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", token)).Select(f => KeyValuePair.Create(f.Item1, f.Item2))));
    }

    /// <summary>Loads a page and presses a button of it by its text: posts what its form holds.</summary>
    public static async Task<HttpResponseMessage> Press(this HttpClient browser, string page, string button) => await browser.Press(await browser.Button(page, button));

    /// <summary>What a button of a page would post, to be pressed later.</summary>
    public static async Task<(string Address, List<KeyValuePair<string, string>> Fields)> Button(this HttpClient browser, string page, string button)
    {
        var document = new HtmlParser().ParseDocument(await browser.GetStringAsync(page));
        var form = document.QuerySelectorAll("form[method=post]").First(form => form.QuerySelectorAll("button").Any(b => b.TextContent.Trim() == button));
        return ("/" + form.GetAttribute("action"), [.. form.QuerySelectorAll("input[type=hidden]").Select(input => KeyValuePair.Create(input.GetAttribute("name")!, input.GetAttribute("value") ?? ""))]);
    }

    public static Task<HttpResponseMessage> Press(this HttpClient browser, (string Address, List<KeyValuePair<string, string>> Fields) button) => browser.PostAsync(button.Address, new FormUrlEncodedContent(button.Fields));

    /// <summary>What the form that goes back to a model would post.</summary>
    /// <param name="checkpoint">Empty for the base model.</param>
    public static async Task<(string Address, List<KeyValuePair<string, string>> Fields)> RollingBack(this HttpClient admin, string page, string checkpoint)
    {
        var form = await admin.Button(page, "Roll back to it");
        form.Fields.Add(new("checkpoint", checkpoint));
        return form;
    }

    /// <summary>The token that a page's forms carry.</summary>
    public static async Task<string> FormToken(this HttpClient browser, string page) => Token().Match(await browser.GetStringAsync(page)).Groups[1].Value;

    /// <summary>What a browser would post of the project form: inputs, chosen options and text areas with their values.</summary>
    public static Dictionary<string, string> FieldsOf(string html)
    {
        var form = html[html.IndexOf("class=\"project-form\"", StringComparison.Ordinal)..];
        form = form[..form.IndexOf("</form>", StringComparison.Ordinal)];
        var fields = new Dictionary<string, string>();
        foreach (Match input in Input().Matches(form))
        {
            var (type, name) = (Attribute(input.Value, "type"), Attribute(input.Value, "name"));
            if (name.Length > 0 && type != "file" && (type is not ("checkbox" or "radio") || input.Value.Contains(" checked", StringComparison.Ordinal)))
            {
                fields[name] = Attribute(input.Value, "value");
            }
        }
        foreach (Match select in Select().Matches(form))
        {
            fields[select.Groups[1].Value] = Chosen().Match(select.Groups[2].Value).Groups[1].Value;
        }
        foreach (Match area in Area().Matches(form))
        {
            fields[area.Groups[1].Value] = WebUtility.HtmlDecode(area.Groups[2].Value);
        }
        return fields;
    }

    private static string Attribute(string tag, string name) => WebUtility.HtmlDecode(Regex.Match(tag, $" {name}=\"([^\"]*)\"").Groups[1].Value);

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Input();

    [GeneratedRegex("""<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>""", RegexOptions.Singleline)]
    private static partial Regex Select();

    [GeneratedRegex("""<option value="([^"]*)"[^>]* selected""")]
    private static partial Regex Chosen();

    [GeneratedRegex("""<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>""", RegexOptions.Singleline)]
    private static partial Regex Area();

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)""")]
    private static partial Regex Token();
}
