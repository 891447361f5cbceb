using Labeler.Shared.Imaging;

namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>Writes one preference set. Disposing ends the file.</summary>
internal interface ISetWriter : IAsyncDisposable
{
    Task Add(PairRow row, SetPicture first, SetPicture second, CancellationToken cancel);
}

/// <summary>A picture as it leaves: pixels alone.</summary>
internal sealed record SetPicture(string Hash, byte[] Content, PictureFormat Format)
{
    /// <summary>A file name that no other picture has.</summary>
    public string FileName => Hash + Format.Extension();
}
