namespace Labeler.TrainingEngine.Weights;

/// <summary>What files call a model's tensors.</summary>
/// <param name="prefix">What all keys of the model begin with; other keys of the file are another model's.</param>
/// <param name="name">The key behind the prefix of a tensor; null where the files' layout has no such tensor.</param>
/// <param name="unused">Keys behind the prefix that the files may hold and the model does not have.</param>
public sealed class StoredNames(string prefix, Func<string, StoredAs?> name, Func<string, bool>? unused = null)
{
    /// <summary>The model's own.</summary>
    public static StoredNames Own { get; } = new("", path => new StoredAs(path));

    /// <summary>Where a tensor is kept.</summary>
    public StoredAs? Of(string path) => name(path) is { } stored ? stored with { Key = prefix + stored.Key } : null;

    /// <summary>Whether a key is one of this model's.</summary>
    public bool Owns(string key) => key.StartsWith(prefix, StringComparison.Ordinal)
        && unused?.Invoke(key[prefix.Length..]) != true;
}
