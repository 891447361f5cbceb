using Labeler.Shared.Accounts;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Accounts;

[Collection(Databases.Collection)]
public sealed class Invitations_open_one_door_once(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Of_ten_people_with_one_link_one_gets_in(string database)
    {
        await using var world = await databases.World(database);
        var token = await Write(world, Role.Annotator);
        var used = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(async () =>
        {
            await using var db = world.Open();
            return await Invitation.Use(db, token, Guid.NewGuid(), world.Now);
        })));
        Assert.Single(used, u => u);
    }

    [Fact]
    public async Task A_link_ends_and_its_token_is_nowhere_in_the_database()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var token = await Write(world, Role.Lead);
        await using var db = world.Open();
        Assert.Equal(Role.Lead, (await Invitation.Find(db, token, world.Now))!.Role);
        Assert.Null(await Invitation.Find(db, token + "x", world.Now));
        Assert.DoesNotContain(token, (await db.Invitations.SingleAsync()).TokenHash);
        Assert.Null(await Invitation.Find(db, token, world.Now + Invitation.DefaultLifetime));
        Assert.False(await Invitation.Use(db, token, Guid.NewGuid(), world.Now + Invitation.DefaultLifetime));
    }

    [Fact]
    public async Task The_first_admins_link_is_renewed_until_there_is_an_account_and_then_never_again()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await using var db = world.Open();
        var lost = await Invitation.WriteForFirstAdmin(db, world.Now);
        var token = await Invitation.WriteForFirstAdmin(db, world.Now);
        Assert.Null(await Invitation.Find(db, lost!, world.Now));
        Assert.Equal(Role.Admin, (await Invitation.Find(db, token!, world.Now))!.Role);
        db.Users.Add(new Account("ada", "Ada", world.Now));
        await db.SaveChangesAsync();
        Assert.Null(await Invitation.WriteForFirstAdmin(db, world.Now));
    }

    [Fact]
    public async Task Nobody_is_invited_to_a_role_that_does_not_exist()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Assert.ThrowsAsync<LabelerException>(() => Write(world, "root"));
    }

    private static async Task<string> Write(World world, string role)
    {
        await using var db = world.Open();
        var token = Invitation.Write(db, role, null, "", world.Now);
        await db.SaveChangesAsync();
        return token;
    }
}
