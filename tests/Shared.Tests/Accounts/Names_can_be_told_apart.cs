using Labeler.Shared.Accounts;
using Labeler.Shared.Accounts.Names;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Accounts;

[Collection(Databases.Collection)]
public sealed class Names_can_be_told_apart(Databases databases)
{
    [Theory]
    [InlineData("A\u200bda")] // zero width space
    [InlineData("A\u200dda")] // zero width joiner
    [InlineData("\u202eadA")] // right-to-left override
    [InlineData("\u2066Ada\u2069")] // bidi isolate
    [InlineData("A\u00adda")] // soft hyphen
    [InlineData("Ad\na")]
    [InlineData("Ad\u0000a")]
    [InlineData("Ad\u0085a")]
    [InlineData("Ad\u00a0a")] // a space that is not the space bar's
    [InlineData("Ad\u2028a")]
    [InlineData("Ad\ue000a")] // private use
    [InlineData("Ad\u0378a")] // unassigned
    [InlineData("Ad\u3164a")] // Hangul filler, a letter that is drawn as nothing
    [InlineData("Ad\ufe0fa")] // variation selector
    [InlineData("Ad\udb40\udc41a")] // tag
    [InlineData("\u2800")] // empty Braille pattern
    [InlineData("\u0301Ada")] // an accent on nothing
    [InlineData("Ad\ud800a")] // half a character
    [InlineData("Аda")] // Cyrillic A
    [InlineData("Aνa")] // Greek nu
    [InlineData("Paուl")] // Armenian
    public void What_cannot_be_seen_or_mixes_scripts_is_no_name(string name)
    {
        Assert.Throws<LabelerException>(() => NameRules.Clean(name));
        Assert.Throws<LabelerException>(() => new Account(name, "Ada", DateTimeOffset.UnixEpoch));
        Assert.Throws<LabelerException>(() => new Account("Ada", name, DateTimeOffset.UnixEpoch));
        Assert.Throws<LabelerException>(() => new Account("Ada", "Ada", DateTimeOffset.UnixEpoch).Rename(name));
    }

    [Theory]
    [InlineData("José Núñez-O'Neil 3.")]
    [InlineData("Иван")]
    [InlineData("Ελένη")]
    [InlineData("李小龍")]
    [InlineData("ひろし スーパー 弘")]
    [InlineData("김철수 Kim")]
    [InlineData("مُحَمَّد")]
    [InlineData("शिवानी")]
    [InlineData("สมชาย")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("Ada 🎉")]
    public void Names_of_the_world_are_names(string name) => Assert.Equal(name.Normalize(), NameRules.Clean($" {name} "));

    [Fact]
    public void An_accent_typed_apart_is_stored_as_one_letter() => Assert.Equal("Jos\u00e9", new Account("x", "Jose\u0301", DateTimeOffset.UnixEpoch).DisplayName);

    [Theory]
    [InlineData("Ivo", "lvo")]
    [InlineData("Ivo", "1vo")]
    [InlineData("Bob", "B0b")]
    [InlineData("coco", "сосо")] // all Cyrillic
    [InlineData("Abba", "АВВА")] // all Cyrillic
    [InlineData("ABBA", "ΑΒΒΑ")] // all Greek
    [InlineData("Ada", "ＡＤＡ")] // full width
    [InlineData("Ada", "𝐀𝐝𝐚")] // mathematical letters
    [InlineData("Ann Lee", "ann  lee")]
    [InlineData("modern", "modem")]
    [InlineData("O'Neil", "O’Neil")]
    public void What_looks_alike_has_one_skeleton(string one, string other) => Assert.Equal(NameSkeleton.Of(one), NameSkeleton.Of(other));

    [Theory]
    [InlineData("Ann", "Anna")]
    [InlineData("José", "Jose")]
    [InlineData("Иван", "Ivan")]
    [InlineData("Twin 2", "Twin 3")]
    [InlineData("李", "季")]
    public void What_looks_different_has_another(string one, string other) => Assert.NotEqual(NameSkeleton.Of(one), NameSkeleton.Of(other));

    [Theory, OnEachDatabase]
    public async Task Of_many_who_choose_alike_names_at_once_one_gets_it(string database)
    {
        await using var world = await databases.World(database);
        string[] names = ["Coco", "сосо", "C0co", "COCO", "ϲοϲο"];
        var given = await Task.WhenAll(names.Select(name => Task.Run(() => Join(world, name, name))));
        Assert.Single(given, got => got);
    }

    [Theory, OnEachDatabase]
    public async Task A_name_may_look_neither_like_what_others_sign_in_by_nor_like_what_they_are_called(string database)
    {
        await using var world = await databases.World(database);
        Assert.True(await Join(world, "ada", "Lady Lovelace"));
        Assert.False(await Join(world, "Аdа".Replace('d', 'ԁ'), "Bo"));
        Assert.False(await Join(world, "1ady Lovelace", "1ady Lovelace"));
        Assert.True(await Join(world, "bo", "Bo"));
        await using var db = world.Open();
        var bo = await db.Users.SingleAsync(a => a.UserName == "bo");
        await AccountNames.RequireUnlike(db, "B0", bo.Id);
        await Assert.ThrowsAsync<LabelerException>(() => AccountNames.RequireUnlike(db, "Ada", bo.Id));
    }

    private static async Task<bool> Join(World world, string userName, string displayName)
    {
        await using var db = world.Open();
        await using var transaction = await db.Database.BeginTransactionAsync();
        try
        {
            var account = new Account(userName, displayName, world.Now);
            await AccountNames.RequireUnlike(db, account.UserName!, account.Id);
            await AccountNames.RequireUnlike(db, account.DisplayName, account.Id);
            db.Users.Add(account);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            return true;
        }
        catch (LabelerException)
        {
            return false;
        }
    }
}
