namespace Labeler.Shared.Storage;

/// <summary>A file of the store.</summary>
/// <param name="Hash">Its name: the SHA-256 of its content.</param>
/// <param name="Length">Bytes.</param>
public sealed record StoredFile(string Hash, long Length);
