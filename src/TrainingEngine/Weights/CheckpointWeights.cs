using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Weights;

/// <summary>
/// Weights of a saved model: one safetensors file, or several with an index, or their fp16 variants. Widened to the
/// wanted type, put on the wanted device. What is missing, surplus, wrongly shaped or not finite is told in one error.
/// </summary>
public sealed class CheckpointWeights : WeightSource, IDisposable
{
    private const int ListedAtMost = 20;
    private readonly string folder;
    private readonly List<SafeTensors> files = [];
    private readonly Dictionary<string, SafeTensors> homes = new(StringComparer.Ordinal);
    private readonly ScalarType dtype;
    private readonly Device device;
    private readonly List<string> missing = [];
    private readonly List<string> misshapen = [];
    private readonly List<string> notFinite = [];

    /// <param name="folder">Holds the files, as a model's <c>unet</c> folder does.</param>
    /// <param name="name">The file's name without ending, <c>diffusion_pytorch_model</c> or <c>model</c>.</param>
    /// <param name="dtype">Type of the tensors handed out.</param>
    /// <param name="device">Their device.</param>
    public CheckpointWeights(string folder, string name, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        (this.folder, this.dtype, this.device) = (folder, dtype, device ?? CPU);
        foreach (var file in FilesOf(folder, name))
            Add(SafeTensors.Open(file));
    }

    /// <summary>Weights of one file, wherever it lies.</summary>
    public CheckpointWeights(string file, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        (folder, this.dtype, this.device) = (file, dtype, device ?? CPU);
        Add(SafeTensors.Open(file));
    }

    public override bool Has(string path) => homes.ContainsKey(path);

    /// <exception cref="EngineException">Lists everything that does not fit.</exception>
    public override void Finish()
    {
        var surplus = homes.Keys.Where(name => !Taken.ContainsKey(name) && !IsBuffer(name)).Order(StringComparer.Ordinal).ToList();
        var faults = new[] { Tell("missing", missing), Tell("surplus", surplus), Tell("wrongly shaped", misshapen), Tell("not finite", notFinite) };
        if (faults.Any(fault => fault is not null))
            throw new EngineException($"{folder}: the weights do not fit the model's config.json: {string.Join("; ", faults.Where(fault => fault is not null))}");
    }

    public void Dispose() => files.ForEach(file => file.Dispose());

    protected override Tensor Find(string path, long[] shape, Start start, long fanIn)
    {
        if (!homes.TryGetValue(path, out var file))
        {
            missing.Add(path);
            return Nothing();
        }
        var stored = file.ShapeOf(path);
        // Old autoencoders keep their attention's matrices as 1×1 convolutions.
        var alike = stored.SequenceEqual(shape) || (stored.Length == 4 && shape.Length == 2 && stored is [_, _, 1, 1] && stored[..2].SequenceEqual(shape));
        if (!alike)
        {
            misshapen.Add($"{path} is [{string.Join(", ", stored)}] and should be [{string.Join(", ", shape)}]");
            return Nothing();
        }
        using var scope = NewDisposeScope();
        var tensor = file.Read(path).to(dtype).reshape(shape).to(device);
        if (!isfinite(tensor).all().item<bool>())
            notFinite.Add(path);
        return tensor.DetachFromDisposeScope();
    }

    /// <summary>Stands for a weight that is not there until <see cref="Finish"/> tells of it.</summary>
    private static Tensor Nothing() => empty([0]);

    private void Add(SafeTensors file)
    {
        files.Add(file);
        foreach (var name in file.Names)
            if (!homes.TryAdd(name, file))
                throw new EngineException($"{file.Path}: the tensor {name} is in {homes[name].Path} already");
    }

    private static IEnumerable<string> FilesOf(string folder, string name)
    {
        foreach (var variant in new[] { "", ".fp16" })
        {
            var single = Path.Combine(folder, $"{name}{variant}.safetensors");
            if (File.Exists(single))
                return [single];
            var index = Path.Combine(folder, $"{name}.safetensors.index{variant}.json");
            if (File.Exists(index))
                return Shards(folder, index);
        }
        throw new EngineException($"{folder}: there is no {name}.safetensors; weights in other formats have to be converted to safetensors first");
    }

    private static IEnumerable<string> Shards(string folder, string index)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(index));
            // The shards lie beside their index: a path in it would lead elsewhere.
            return [.. json.RootElement.GetProperty("weight_map").EnumerateObject()
                .Select(entry => Path.GetFileName(entry.Value.GetString()) ?? throw new JsonException($"{entry.Name} is in no file"))
                .Distinct().Select(file => Path.Combine(folder, file))];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new EngineException($"{index}: is not an index of safetensors files ({error.Message})", error);
        }
    }

    /// <summary>Tables that a model computes and some files carry all the same.</summary>
    private static bool IsBuffer(string name) => name.EndsWith("position_ids", StringComparison.Ordinal);

    private static string? Tell(string what, List<string> names) => names.Count switch
    {
        0 => null,
        <= ListedAtMost => $"{what}: {string.Join(", ", names)}",
        _ => $"{what}: {string.Join(", ", names.Take(ListedAtMost))} and {names.Count - ListedAtMost} more",
    };
}
