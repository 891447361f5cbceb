using System.Text.Json;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>One file of a golden folder, with what lies around it.</summary>
internal sealed class GoldenFile(string root, string name, Device device)
{
    private Dictionary<string, Tensor>? _tensors;

    /// <summary>Folder and file, <c>golden-sd15/vae.safetensors</c>.</summary>
    public string Name { get; } = name;

    public string Path => System.IO.Path.Combine(root, Name);

    /// <summary>The golden set's folder.</summary>
    public string Root => root;

    /// <summary>What the engine computes on.</summary>
    public Device Device { get; } = device;

    /// <summary>The file's tensors by name, on <see cref="Device"/>, in their stored types; they outlive the check's own scopes.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors ??= Read();

    public Tensor this[string key] =>
        Tensors.TryGetValue(key, out var tensor) ? tensor : throw new EngineException($"{Path}: there is no tensor {key}");

    public bool Has(string key) => Tensors.ContainsKey(key);

    /// <summary>The model of this file's folder: <c>tiny-sd15</c> for <c>golden-sd15</c>.</summary>
    public string Model => ModelNamed("tiny-" + Folder["golden-".Length..]);

    private string Folder => System.IO.Path.GetDirectoryName(Name)!;

    /// <summary>
    /// A model folder of the golden set, or of the set beside it whose models others take by reference: that of the same name without
    /// <c>-flow</c>, or <c>golden</c>.
    /// </summary>
    /// <exception cref="MissingPartException">It is not there.</exception>
    public string ModelNamed(string model)
    {
        var set = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(root));
        var beside = new[] { System.IO.Path.GetFileName(set).Replace("-flow", "", StringComparison.Ordinal), "golden" }
            .Select(name => System.IO.Path.Combine(set, "..", name, model));
        return Needed(beside.Prepend(System.IO.Path.Combine(root, model)).FirstOrDefault(Directory.Exists)
            ?? System.IO.Path.Combine(root, model));
    }

    /// <summary>The tensors of another file of the same folder.</summary>
    public GoldenFile Sibling(string file) => new(root, $"{Folder}/{file}", Device);

    /// <summary>Another file of the same folder.</summary>
    public string Beside(string file) => System.IO.Path.Combine(root, Folder, file);

    /// <summary>A JSON file of the same folder.</summary>
    public JsonElement Json(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Beside(file)));
        return document.RootElement.Clone();
    }

    private Dictionary<string, Tensor> Read() => SafeTensors.ReadAll(Path)
        .ToDictionary(pair => pair.Key, pair => pair.Value.to(Device).DetachFromDisposeScope(), StringComparer.Ordinal);

    /// <summary>A file or folder without which nothing can be compared, such as the tokenizers' vocabulary in a partial copy.</summary>
    /// <exception cref="MissingPartException">It is not there.</exception>
    public static string Needed(string path) => System.IO.Path.Exists(path) ? path : throw new MissingPartException(path);
}

/// <summary>A check cannot run because this copy of the golden set lacks a file; it is skipped and says so.</summary>
internal sealed class MissingPartException(string path) : Exception($"{path} is not in this copy")
{
    public string MissingPath { get; } = path;
}
