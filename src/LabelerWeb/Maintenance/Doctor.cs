using Labeler.Shared.Data.Backups;
using Labeler.Web.Maintenance.Looks;

namespace Labeler.Web.Maintenance;

/// <summary>Looks through an installation, changes nothing, and may do so beside a running application.</summary>
internal sealed class Doctor(IServiceProvider services, TextWriter output)
{
    private const long LeastFree = 256 << 20;

    private readonly DataFolder _folder = services.GetRequiredService<DataFolder>();
    private readonly DoctorReport _report = new(output);

    /// <param name="readAll">Reads every file of a store on a server through, too.</param>
    /// <param name="devices">Starts the training engine to learn what it computes on.</param>
    /// <returns>Is all as it should be?</returns>
    public async Task<bool> Look(CancellationToken cancel, bool readAll = false, bool devices = true)
    {
        var store = new StoreLook(services, _report);
        if (await new DatabaseLook(services, _report).Run(cancel))
        {
            await store.Run(await Named(cancel), readAll, cancel);
            await store.Installation(_folder, cancel);
            await new KeysLook(services, _report).Run(cancel);
            await new ModelsLook(services, _report).Run(cancel);
        }
        else
        {
            await store.Run(null, readAll, cancel);
        }
        if (devices)
        {
            await new DevicesLook(_report).Run(cancel);
        }
        Backups();
        Permissions();
        Disk();
        return _report.IsWell;
    }

    private async Task<IReadOnlyDictionary<string, string>> Named(CancellationToken cancel)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync(cancel);
        return await FileReferences.Read(db, cancel);
    }

    private void Backups()
    {
        var all = services.GetRequiredService<DatabaseBackups>().All();
        _report.Say("backups", all.Count == 0 ? "none yet" : $"{all.Count}, the newest of {all[0].At:yyyy-MM-dd HH:mm} UTC: {all[0].Name}");
    }

    private void Permissions()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if ((File.GetUnixFileMode(_folder.Root) & others) == 0)
        {
            _report.Say("permissions", "only its owner comes to the folder");
        }
        else
        {
            _report.Fault("permissions", $"others come to {_folder.Root}: the application closes it when it starts");
        }
    }

    private void Disk()
    {
        var free = new DriveInfo(_folder.Root).AvailableFreeSpace;
        if (free < LeastFree)
        {
            _report.Fault("disk", $"only {DoctorReport.Size(free)} are free on the data folder's disk: free some space");
        }
        else
        {
            _report.Say("disk", $"{DoctorReport.Size(free)} free");
        }
    }
}
