using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Tests.Support;

/// <summary>A project whose pictures are drawn here instead of sampled, written to a data folder through the domain as a worker would.</summary>
public sealed class SeededProject : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private Job? _job;

    private SeededProject(ServiceProvider services, Project project) => (_services, Project) = (services, project);

    public Project Project { get; }

    /// <param name="installation">Settings of where the database and the files are, if they are not in the folder.</param>
    public static async Task<SeededProject> Create(
        string dataFolder, string name, LabelingTask task, int groups, ProjectSettings? settings = null, bool finish = true,
        IReadOnlyDictionary<string, string?>? installation = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(installation ?? new Dictionary<string, string?>()).Build();
        var services = new ServiceCollection().AddLabelerData(configuration, dataFolder).BuildServiceProvider();
        await services.GetRequiredService<Migrator>().Apply();
        settings ??= new();
        var project = Project.Create(name, task, settings with { ImagesPerEpoch = groups * settings.GroupSize }, DateTimeOffset.UtcNow);
        project.UsePrompts(["1 hand"]);
        await using (var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync())
        {
            db.Add(project);
            await db.SaveChangesAsync();
        }
        var seeded = new SeededProject(services, project);
        await services.GetRequiredService<EpochCycle>().Start(project.Id, null);
        seeded._job = await seeded.Claim(JobKind.Sample);
        if (finish)
        {
            for (var number = 0; number < groups; number++)
            {
                await seeded.AddGroup(number);
            }
            await seeded.Finish();
        }
        return seeded;
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public Task<LabelerDb> Open() => Get<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();

    /// <summary>Writes one group with its pictures; <see cref="DrawnPicture"/> says what they show.</summary>
    public Task AddGroup(int number) => AddGroup(
        number, $"1 hand, take {number + 1}", [.. Enumerable.Range(0, Project.Settings.GroupSize).Select(index => DrawnPicture.Draw(Project.Id, number, index))]);

    /// <summary>Writes one group of these pictures; its number is its seed.</summary>
    public async Task AddGroup(int number, string prompt, IReadOnlyList<Picture> pictures, GroupUse use = GroupUse.Labeling)
    {
        await AddGroup(number, prompt, [.. pictures.Select(picture => (picture.ToPng(), picture.Width, picture.Height))], use);
    }

    /// <summary>Writes one group of these files as they are.</summary>
    public async Task AddGroup(int number, string prompt, IReadOnlyList<(byte[] File, int Width, int Height)> pictures, GroupUse use = GroupUse.Labeling)
    {
        await Get<JobQueue>().Heartbeat(_job!, 0, "drawing", null);
        var images = new List<NewImage>();
        foreach (var (picture, index) in pictures.Select((picture, index) => (picture, index)))
        {
            images.Add(new(await Get<FileStore>().Put(picture.File), picture.Width, picture.Height, index));
        }
        await Get<EpochCycle>().Add(_job!, epoch => Group.Sampled(epoch, use, number, null, prompt, number, null, images, DateTimeOffset.UtcNow));
    }

    /// <summary>Writes many groups that share their pictures, where only their number matters.</summary>
    public async Task AddGroups(int count, int distinct)
    {
        var pictures = new List<NewImage>();
        for (var n = 0; n < distinct; n++)
        {
            var picture = DrawnPicture.Draw(Project.Id, n / 7, n % 7);
            pictures.Add(new(await Get<FileStore>().Put(picture.ToPng()), picture.Width, picture.Height, n));
        }
        for (var number = 0; number < count; number++)
        {
            var images = Enumerable.Range(0, Project.Settings.GroupSize).Select(n => pictures[(number * 5 + n) % distinct]);
            await Get<EpochCycle>().Add(_job!, epoch => Group.Sampled(epoch, GroupUse.Labeling, number, null, $"1 hand, take {number + 1}", number, null, images, DateTimeOffset.UtcNow));
        }
    }

    /// <summary>Trains the epoch on the votes that are there, with made-up weights; the next epoch's groups can then be added.</summary>
    public async Task Learn()
    {
        await Get<EpochCycle>().Train(_job!.EpochId!.Value, null);
        var train = await Claim(JobKind.Train);
        await Get<EpochCycle>().StartTraining(train);
        await Get<EpochCycle>().Complete(train, AdapterKind.Full, await Get<FileStore>().Put(BitConverter.GetBytes(train.Id)), null);
        _job = await Claim(JobKind.Sample);
    }

    // A test that leaves its project half sampled leaves a job that is handed out again after a while.
    private async Task<Job> Claim(JobKind kind)
    {
        Job job;
        do
        {
            job = (await Get<JobQueue>().Claim("seeding", [kind]))!;
        }
        while (job.ProjectId != Project.Id);
        return job;
    }

    public Task Finish() => Get<EpochCycle>().FinishSampling(_job!);

    /// <summary>Votes of the project that are in the database, of whatever kind.</summary>
    public async Task<int> Stored()
    {
        await using var db = await Open();
        return await db.Votes.CountAsync(vote => vote.ProjectId == Project.Id);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>A round face whose eyes say which picture it is: no two of a project are alike.</summary>
public static class DrawnPicture
{
    private const int Side = 256;

    public static Picture Draw(long project, int group, int index)
    {
        var random = new Random((int)project * 7919 + group * 131 + index);
        var hue = (group * 47 + (int)project * 90) % 360;
        var (cx, cy, radius) = (128 + random.Next(-14, 15), 128 + random.Next(-14, 15), 74 + random.Next(-8, 9));
        var eyes = index + 1;
        var rgb = new byte[Side * Side * 3];
        // By the square of the distance from the middle, as tests draw thousands of them.
        var face = Enumerable.Range(0, radius * radius + 1).Select(square => Hue((hue + 150) % 360, .55, .95 - Math.Sqrt(square) / radius * .25)).ToArray();
        var eye = Hue(hue, .6, .2);
        for (var y = 0; y < Side; y++)
        {
            var ground = Hue(hue, .25, .9 - y / 900.0);
            for (var x = 0; x < Side; x++)
            {
                var square = (x - cx) * (x - cx) + (y - cy) * (y - cy);
                var at = (y * Side + x) * 3;
                (rgb[at], rgb[at + 1], rgb[at + 2]) = square >= face.Length ? ground : IsEye(x - cx, y - cy, radius, eyes) ? eye : face[square];
            }
        }
        // The last bytes make every picture's content its own.
        (rgb[^3], rgb[^2], rgb[^1]) = ((byte)project, (byte)group, (byte)(group / 256 * 16 + index));
        return new Picture(Side, Side, rgb);
    }

    private static bool IsEye(int dx, int dy, int radius, int eyes)
    {
        for (var n = 0; n < eyes; n++)
        {
            var angle = Math.Tau * n / eyes - Math.PI / 2;
            var (ex, ey) = (dx - Math.Cos(angle) * radius * .55, dy - Math.Sin(angle) * radius * .55);
            if (ex * ex + ey * ey < radius * radius * .02)
            {
                return true;
            }
        }
        return false;
    }

    private static (byte, byte, byte) Hue(double hue, double saturation, double value)
    {
        byte Part(double n)
        {
            var k = (n + hue / 60) % 6;
            return (byte)(255 * (value - value * saturation * Math.Max(0, Math.Min(Math.Min(k, 4 - k), 1))));
        }
        return (Part(5), Part(3), Part(1));
    }
}
