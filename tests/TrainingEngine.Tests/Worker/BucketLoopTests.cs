using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Imaging;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Tests.Support.S3;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>The whole way of the data with files in a bucket and next to no room for copies.</summary>
public sealed class BucketLoopTests
{
    [BucketFact]
    public async Task The_loop_turns_with_files_in_a_bucket_whose_server_is_busy_now_and_then_and_ends_with_the_same_pictures()
    {
        using var inFolder = new WorkerData();
        using var server = new S3Server();
        await using var line = new FaultyLine(server.Address);
        var settings = server.Settings(await server.NewBucket(), line.Address);
        settings["Store:Cache:Bytes"] = $"{1 << 20}";
        using var inBucket = new WorkerData(settings);

        var expected = await Turn(inFolder, () => { });
        var made = await Turn(inBucket, () => line.BeBusy(3));

        Assert.Equal(expected, made);
        Assert.Empty(Directory.EnumerateFiles(inBucket.Get<DataFolder>().Files, "*", SearchOption.AllDirectories));
        var store = inBucket.Get<FileStore>();
        await using var db = inBucket.Open();
        foreach (var hash in (await FileReferences.Read(db)).Keys)
        {
            Assert.True(await store.IsSound(hash));
        }
    }

    /// <summary>Samples, votes, trains and samples again.</summary>
    /// <returns>The hashes of all pictures' pixels, those of the trained checkpoint among them.</returns>
    private static async Task<string[]> Turn(WorkerData data, Action trouble)
    {
        var project = await data.Project(AdapterKind.Lora);
        var cycle = data.Get<EpochCycle>();
        var first = await cycle.Start(project.Id, null);
        trouble();
        data.WorkUntil(() => data.Open().Epochs.Single(epoch => epoch.Id == first.Id).State == EpochState.Labeling);
        await data.FlagTheFirstImageOfEveryGroup(project.Id);
        await cycle.Train(first.Id, (await cycle.DryRun(first.Id)).Hash);
        trouble();
        data.WorkUntil(() => data.Open().Epochs.Any(epoch => epoch.Number == 2 && epoch.State == EpochState.Labeling));
        await using var db = data.Open();
        var images = await db.Images.OrderBy(image => image.Id).Select(image => image.ContentHash).ToListAsync();
        return [.. images.Select(hash => ContentHash.Of(Picture.Decode(File.ReadAllBytes(data.Get<FileStore>().Verified(hash))).Rgb))];
    }
}
