using System.Diagnostics.Metrics;
using System.IO.Compression;
using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Photos;
using Labeler.Shared.Photos.Captions;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Labeler.TrainingEngine.Weights;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>From photos in a zip to an adapter for each label, on a real database.</summary>
public sealed class FineTuneTests : IDisposable
{
    private readonly WorkerData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Described_photos_make_one_adapter_a_label_kept_with_sheets_at_every_evaluation()
    {
        var project = await Photos();
        var counted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "labeler.worker.steps")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        }
        };
        listener.SetMeasurementEventCallback<long>((_, steps, tags, _) => counted += Equals(tags[0].Value, nameof(JobKind.FineTune)) ? steps : 0);
        listener.Start();
        await Get<FineTuning>().Queue(project, ["Label 1", "Label 2"], new() { Steps = 4, LearningRate = 1e-3, WarmUpSteps = 1, Rank = 2, ImagesPerStep = 2, EvaluateEvery = 2, EvaluationImages = 2 });
        _data.WorkUntil(() => Open().Jobs.Any(job => job.Kind == JobKind.FineTune && job.State > JobState.Running));

        await using var db = Open();
        var tuned = await db.Jobs.SingleAsync(job => job.Kind == JobKind.FineTune);
        Assert.True(tuned.State == JobState.Succeeded, tuned.Error);
        var adapters = await db.Checkpoints.OrderBy(checkpoint => checkpoint.Id).ToListAsync();
        Assert.Equal([("Label 1", 2), ("Label 1", 4), ("Label 2", 2), ("Label 2", 4)], adapters.Select(adapter => (adapter.Name!, adapter.Step!.Value)));
        Assert.Equal(4, adapters.DistinctBy(adapter => adapter.WeightsHash).Count());
        Assert.All(adapters, adapter =>
        {
            using var weights = SafeTensors.Open(Get<FileStore>().PathOf(adapter.WeightsHash));
            Assert.Equal(("supervised", $"{adapter.Step}"), (weights.Metadata["algorithm"], weights.Metadata["step"]));
        });
        var sheets = await db.TrainingSheets.ToListAsync();
        Assert.Equal(8, sheets.Select(sheet => (sheet.Label, sheet.Step, sheet.Seeds)).Distinct().Count());
        Assert.Equal([2, 4], sheets.Select(sheet => sheet.Step).Distinct().Order());
        Assert.True(Picture.Decode(await Get<FileStore>().Read(sheets[0].ContentHash)).Width > 2 * 16);
        // Both labels' steps on one axis.
        foreach (var figure in new[] { "loss", "images_per_second" })
        {
            Assert.Equal(Enumerable.Range(1, 8), (await db.JobMetrics.Where(metric => metric.Name == figure).Select(metric => metric.Step).ToListAsync()).Order());
        }
        Assert.Equal(8, counted);
    }

    private async Task<long> Photos()
    {
        var settings = new ProjectSettings { ModelFolder = TinyModel.Write(_data.Model), GroupSize = 1, Choices = [new("Label 1", "1"), new("Label 2", "2")] };
        var project = Project.Create("photos", LabelingTask.Categorise, settings, DateTimeOffset.UtcNow, PictureSource.Imported);
        await using (var db = Open())
        {
            db.Add(project);
            await db.SaveChangesAsync();
        }
        var import = new PhotoImport(Get<IDbContextFactory<LabelerDb>>(), Get<EpochCycle>(), Get<FileStore>(), Get<DataFolder>(), new(), TimeProvider.System);
        await import.Queue(project.Id, Zip());
        await import.Run((await Get<JobQueue>().Claim("web", [JobKind.Import]))!, (_, _) => { });
        var person = Guid.NewGuid();
        foreach (var (lease, number) in (await Get<ItemQueue>().Take(project.Id, person, 16, [])).Leases.Select((lease, number) => (lease, number)))
        {
            await Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, person, new ChoiceVerdict($"Label {1 + (number % 2)}", true, true), 900, null));
        }
        await using var written = Open();
        await foreach (var photo in written.Photos.AsAsyncEnumerable())
        {
            photo.Describe("a cat in a mirror", "Ada", new CaptionRules(15, "mirror"), DateTimeOffset.UtcNow);
        }
        await written.SaveChangesAsync();
        return project.Id;
    }

    private ImportPlace Zip()
    {
        using var zip = ZipFile.Open(Path.Combine(ImportPlace.Uploads(Get<DataFolder>()), "photos.zip"), ZipArchiveMode.Create);
        for (byte mark = 0; mark < 6; mark++)
        {
            using var entry = zip.CreateEntry($"{mark}.png").Open();
            var rgb = new byte[3 * 24 * 20];
            Array.Fill(rgb, (byte)(40 * mark));
            entry.Write(new Picture(24, 20, rgb).ToPng());
        }
        return new("photos.zip", IsZip: true, "photos.zip");
    }

    private LabelerDb Open() => _data.Open();

    private T Get<T>() where T : notnull => _data.Get<T>();
}
