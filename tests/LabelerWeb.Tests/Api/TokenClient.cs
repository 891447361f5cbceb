using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Api;

/// <summary>A program that comes with a token, and with nothing else.</summary>
internal static class TokenClient
{
    /// <summary>A program for an account that is there.</summary>
    public static async Task<HttpClient> Program(this WebHost host, string person, TokenScope scope, params long[] projects) =>
        host.With(await host.Key(person, scope, projects));

    /// <summary>What a program shows.</summary>
    public static Task<string> Key(this WebHost host, string person, TokenScope scope, params long[] projects) => host.With<LabelerDb, string>(async db =>
    {
        var account = await db.Users.Where(a => a.DisplayName == person).Select(a => a.Id).SingleAsync();
        var made = await AccessToken.Make(db, account, $"for {scope}", scope, projects, 30, DateTimeOffset.UtcNow);
        await db.SaveChangesAsync();
        return made.Key;
    });

    public static HttpClient With(this WebHost host, string key)
    {
        var program = host.Browser();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return program;
    }

    public static async Task<JsonObject> Json(this HttpClient program, string address) => (await program.GetFromJsonAsync<JsonObject>(address))!;
}
