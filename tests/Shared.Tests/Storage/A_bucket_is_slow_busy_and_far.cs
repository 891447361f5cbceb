using System.Security.Cryptography;
using Labeler.Shared.Storage;
using Labeler.Shared.Tests.Support;
using Labeler.Tests.Support.S3;

namespace Labeler.Shared.Tests.Storage;

[Collection(Stores.Collection)]
public sealed class A_bucket_is_slow_busy_and_far(Stores stores)
{
    private const int Large = (13 << 20) + 7;

    [BucketFact]
    public async Task A_large_file_goes_in_parts_and_comes_back_whole()
    {
        await using var line = new FaultyLine(stores.Server.Address);
        await using var place = await OpenBucket.Open(stores.Server, line.Address);
        var content = RandomNumberGenerator.GetBytes(Large);
        var hash = await place.Store.Put(new MemoryStream(content));
        Assert.Equal([1, 2, 3], Enumerable.Range(1, 9).Where(part => line.Requests.Any(request => request.Contains($"partNumber={part}&", StringComparison.Ordinal))));
        place.ForgetCopies();
        Assert.Equal(content, await place.Store.Read(hash));
        Assert.Equal(0, await place.Beside());
    }

    [BucketFact]
    public async Task What_is_there_already_is_not_sent_again()
    {
        await using var line = new FaultyLine(stores.Server.Address);
        await using var place = await OpenBucket.Open(stores.Server, line.Address);
        var content = RandomNumberGenerator.GetBytes(2 << 20);
        await place.Store.Put(content);
        place.ForgetCopies();
        var before = line.Passed;
        Assert.InRange(before, content.Length, content.Length + 20_000);
        await place.Again().Put(content);
        Assert.InRange(line.Passed - before, 1, 20_000);
    }

    [BucketFact]
    public async Task A_server_that_is_busy_for_a_while_is_asked_again()
    {
        await using var line = new FaultyLine(stores.Server.Address);
        await using var place = await OpenBucket.Open(stores.Server, line.Address);
        line.BeBusy(3);
        var hash = await place.Store.Put("abc"u8.ToArray());
        place.ForgetCopies();
        line.BeBusy(3);
        Assert.Equal("abc"u8.ToArray(), await place.Store.Read(hash));
        line.BeBusy(2);
        Assert.True(await place.Store.Has(hash));
    }

    [BucketFact]
    public async Task A_line_that_breaks_in_the_midst_of_a_file_is_tried_again()
    {
        await using var line = new FaultyLine(stores.Server.Address);
        await using var place = await OpenBucket.Open(stores.Server, line.Address);
        var content = RandomNumberGenerator.GetBytes(1 << 20);
        var hash = await place.Store.Put(content);
        place.ForgetCopies();
        line.Cut(2);
        Assert.Equal(content, await place.Store.Read(hash));
        Assert.Equal(0, await place.Beside());
    }

    [BucketFact]
    public async Task A_line_that_breaks_amid_an_upload_in_parts_is_tried_again()
    {
        await using var line = new FaultyLine(stores.Server.Address);
        await using var place = await OpenBucket.Open(stores.Server, line.Address);
        var content = RandomNumberGenerator.GetBytes(Large);
        var held = line.HoldAt(3 << 20);
        var putting = place.Store.Put(new MemoryStream(content));
        await held;
        line.GoOn();
        var hash = await putting;
        place.ForgetCopies();
        Assert.Equal(content, await place.Store.Read(hash));
        Assert.Equal(0, await place.Beside());
    }

    [BucketFact]
    public async Task A_server_that_stays_busy_is_one_clear_line_in_bounded_time()
    {
        await using var line = new FaultyLine(stores.Server.Address);
        await using var place = await OpenBucket.Open(stores.Server, line.Address);
        var store = place.With(place.Options with { Patience = TimeSpan.FromSeconds(1) });
        line.BeBusy(int.MaxValue);
        var error = await Assert.ThrowsAsync<StorageException>(() => store.Put("abc"u8.ToArray()));
        Assert.StartsWith($"The store {line.Address.ToString().TrimEnd('/')} is busy or out of order (503 S", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; the same was tried for 1 seconds: try again later.", error.Message, StringComparison.Ordinal);
        Assert.InRange(line.Accepted, 2, 20);
        line.BeBusy(0);
        Assert.Empty(await place.Hashes());
        Assert.Equal(0, await place.Beside());
    }

    [BucketFact]
    public async Task A_process_that_is_killed_amid_an_upload_leaves_nothing_that_is_taken_for_a_file()
    {
        await using var line = new FaultyLine(stores.Server.Address);
        await using var place = await OpenBucket.Open(stores.Server, line.Address);
        var content = RandomNumberGenerator.GetBytes(Large);
        using var killed = new CancellationTokenSource();
        var held = line.HoldAt(3 << 20);
        var putting = place.Store.Put(new MemoryStream(content), killed.Token);
        await held;
        // A process that is killed says nothing to the server, so what it says in the end must not arrive.
        await killed.CancelAsync();
        var store = place.With(place.Options with { Endpoint = stores.Server.Address });
        Assert.Empty(await store.All().ToListAsync());
        Assert.False(await store.Has(ContentHash.Of(content)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => putting);
        Assert.Equal(ContentHash.Of(content), await store.Put(new MemoryStream(content)));
        Assert.True(await store.IsSound(ContentHash.Of(content)));
        await store.DropIncoming(TimeSpan.Zero, DateTimeOffset.UtcNow.AddDays(1));
        Assert.Equal(0, await place.Beside());
    }

    [BucketFact]
    public async Task A_copy_that_was_damaged_on_this_machine_is_fetched_again()
    {
        await using var place = await OpenBucket.Open(stores.Server);
        var hash = await place.Store.Put("abc"u8.ToArray());
        var copy = place.Store.Verified(hash);
        await File.WriteAllTextAsync(copy, "abd");
        Assert.Equal("abc"u8.ToArray(), await place.Store.Read(hash));
        await File.WriteAllTextAsync(copy, "abd");
        Assert.Equal("abc", await File.ReadAllTextAsync(place.Store.Verified(hash)));
    }

    [BucketFact]
    public async Task A_file_that_is_half_there_is_sent_again()
    {
        await using var place = await OpenBucket.Open(stores.Server);
        var hash = await place.Store.Put("abc"u8.ToArray());
        await place.Damage(hash, "ab"u8.ToArray());
        Assert.Equal(hash, await place.Store.Put("abc"u8.ToArray()));
        Assert.True(await place.Store.IsSound(hash));
    }

    [BucketFact]
    public async Task Whoever_brings_in_waits_for_a_removal_and_sends_again_what_it_took()
    {
        await using var place = await OpenBucket.Open(stores.Server);
        var hash = await place.Store.Put("abc"u8.ToArray());
        var (bucket, sign) = (place.Options.Bucket, $"site/removing/{hash}/other");
        await stores.Server.Client.PutObjectAsync(new() { BucketName = bucket, Key = sign, ContentBody = "", UseChunkEncoding = false });
        var putting = place.Store.Put("abc"u8.ToArray());
        await stores.Server.Client.DeleteObjectAsync(bucket, KeyOf(place, hash));
        Assert.False(putting.IsCompleted);
        await stores.Server.Client.DeleteObjectAsync(bucket, sign);
        await putting;
        Assert.True(await place.Store.IsSound(hash));
    }

    private static string KeyOf(OpenBucket place, string hash) => place.Store.PathOf(hash)[$"s3://{place.Options.Bucket}/".Length..];
}
