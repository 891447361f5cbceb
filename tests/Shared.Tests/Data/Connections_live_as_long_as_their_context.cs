using System.Data;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class Connections_live_as_long_as_their_context(Databases databases)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_to_SQLite_stays_open_between_queries_and_is_closed_with_its_context(bool inTransaction)
    {
        await using var world = await databases.World(Databases.Sqlite);
        IDbConnection connection;
        await using (var db = world.Open())
        {
            connection = db.Database.GetDbConnection();
            await using (var transaction = inTransaction ? await db.Database.BeginTransactionAsync() : null)
            {
                Assert.Equal(0, await db.Votes.CountAsync());
            }
            Assert.Equal(ConnectionState.Open, connection.State);
        }
        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Fact]
    public async Task A_reader_that_was_left_in_the_middle_holds_nothing_back()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Scene.Sampled(world, groups: 5);
        await using var db = world.Open();
        await foreach (var group in db.Groups.AsAsyncEnumerable())
        {
            break;
        }
        await using var other = world.Open();
        Assert.Equal(5, await other.Groups.ExecuteUpdateAsync(set => set.SetProperty(group => group.Prompt, "another")));
        Assert.Equal("another", await db.Groups.AsNoTracking().Select(group => group.Prompt).FirstAsync());
    }
}
