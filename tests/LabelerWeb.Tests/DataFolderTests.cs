using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Data.Backups;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Tests.Support;
using Labeler.Web.Features.Backups;
using Labeler.Web.Maintenance;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests;

public sealed class DataFolderTests
{
    [Fact]
    public async Task From_the_first_start_nobody_but_its_owner_reads_anything_in_the_data_folder()
    {
        var parent = Directory.CreateTempSubdirectory("labeler-").FullName;
        var data = Path.Combine(parent, "data");
        await using (var host = new WebHost { Data = data })
        {
            using var browser = host.Browser();
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/sign-in")).StatusCode);
            // What is written beside a database goes with its last connection, and other tests close those that rest.
            var all = await host.With<LabelerDb, List<FileSystemInfo>>(async db =>
            {
                await db.Database.OpenConnectionAsync();
                Assert.Equal(0, await db.Users.CountAsync());
                return [.. new DirectoryInfo(data).EnumerateFileSystemInfos("*", SearchOption.AllDirectories), new DirectoryInfo(data)];
            });
            Assert.Contains(all, entry => entry.Name == "labeler.db-wal");
            Assert.All(all, entry => Assert.Equal(0, (int)entry.UnixFileMode & 0b111_111));
        }
        Directory.Delete(parent, recursive: true);
    }

    [Fact]
    public async Task The_doctor_names_every_file_that_is_damaged_or_missing_and_what_it_is()
    {
        await using var host = new WebHost();
        await using var seeded = await SeededProject.Create(host.Data, "Patient", LabelingTask.FlagBatch, 2);
        using var browser = host.Browser();
        await browser.GetAsync("/sign-in");
        Assert.Equal((true, ""), await Examine(host));

        await using var db = await seeded.Open();
        var store = seeded.Get<FileStore>();
        var pictures = await db.Images.Select(image => image.ContentHash).Distinct().OrderBy(hash => hash).Take(2).ToListAsync();
        var bytes = await File.ReadAllBytesAsync(store.PathOf(pictures[0]));
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(store.PathOf(pictures[0]), bytes);
        File.Delete(store.PathOf(pictures[1]));

        var (well, faults) = await Examine(host);
        Assert.False(well);
        Assert.Equal(
            $"files        FAULT: {store.PathOf(pictures[0])} is damaged: a picture\nfiles        FAULT: {store.PathOf(pictures[1])} is missing: a picture",
            faults);
    }

    [Fact]
    public async Task An_admin_makes_a_backup_by_a_button_and_reads_how_to_go_back_to_it()
    {
        await using var host = new WebHost();
        using var admin = await host.SignedIn("Keeper", Role.Admin);
        await admin.Post("/system", "/backups/now");
        var backup = Assert.Single(BackupFile.In(Path.Combine(host.Data, "backups")), backup => backup.Kind == BackupKind.Manual);
        var page = await admin.GetStringAsync("/system");
        Assert.Contains($"./labeler restore {backup.Name} --data {host.Data}", page);
    }

    [Fact]
    public async Task A_daily_backup_that_fails_is_told_on_the_page_until_one_succeeds()
    {
        await using var host = new WebHost();
        using var admin = await host.SignedIn("Keeper", Role.Admin);
        var backups = Path.Combine(host.Data, "backups");
        Directory.Delete(backups, recursive: true);
        await File.WriteAllTextAsync(backups, "");
        var schedule = host.Services.GetRequiredService<BackupSchedule>();
        await schedule.Look();
        Assert.Contains("could not be made", await admin.GetStringAsync("/system"));

        File.Delete(backups);
        Directory.CreateDirectory(backups);
        await schedule.Look();
        Assert.DoesNotContain("could not be made", await admin.GetStringAsync("/system"));
        Assert.Single(BackupFile.In(backups), backup => backup.Kind == BackupKind.Daily);
    }

    private static async Task<(bool Well, string Faults)> Examine(WebHost host)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var well = await new Doctor(host.Services, output).Look(CancellationToken.None, devices: false);
        return (well, string.Join('\n', output.ToString().Split('\n').Where(line => line.Contains("FAULT", StringComparison.Ordinal))));
    }
}
