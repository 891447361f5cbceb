using Labeler.Shared;
using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Tests.Support;

/// <summary>A running server's data folder, used through the domain as another process of the product would.</summary>
/// <param name="settings">Where its database and its files are, if they are not in the folder.</param>
public sealed class OpenedData(string folder, IReadOnlyDictionary<string, string?>? settings = null) : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLabelerData(new ConfigurationBuilder().AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build(), folder).BuildServiceProvider();

    public DataFolder Folder => Get<DataFolder>();

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public Task<LabelerDb> Open() => Get<IDbContextFactory<LabelerDb>>().CreateDbContextAsync();

    public async Task<T> Read<T>(Func<LabelerDb, Task<T>> read)
    {
        await using var db = await Open();
        return await read(db);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
