using System.Text.Json;
using Labeler.Shared.Storage;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Weights;

/// <summary>
/// Weights of a saved model: one safetensors file, or several with an index, or their fp16 variants. Widened to the
/// wanted type, put on the wanted device. What is missing, surplus, wrongly shaped or not finite is told in one error,
/// before anything is computed: libtorch ends the process over a matrix product of wrong shapes.
/// </summary>
public sealed class CheckpointWeights : WeightSource, IDisposable
{
    internal const int ListedAtMost = 20;
    private readonly string _place, _wanted;
    private readonly List<SafeTensors> _files = [];
    private readonly Dictionary<string, SafeTensors> _homes = new(StringComparer.Ordinal);
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly List<string> _missing = [];
    private readonly List<string> _misshapen = [];
    private readonly List<string> _notFinite = [];

    /// <param name="folder">Holds the files, as a model's <c>unet</c> folder does.</param>
    /// <param name="name">The file's name without ending, <c>diffusion_pytorch_model</c> or <c>model</c>.</param>
    /// <param name="dtype">Type of the tensors handed out.</param>
    /// <param name="device">Their device.</param>
    public CheckpointWeights(string folder, string name, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        (_place, _wanted, _dtype, _device) =
            (folder, "the model's config.json; take both from the same model, unchanged", dtype, device ?? CPU);
        Open(FilesOf(folder, name));
    }

    /// <summary>Weights of files, wherever they lie.</summary>
    /// <param name="files">No tensor stands in two of them.</param>
    /// <param name="wanted">What they must fit and what to do where they do not, for the error.</param>
    /// <param name="dtype">Type of the tensors handed out.</param>
    /// <param name="device">Their device.</param>
    public CheckpointWeights(IReadOnlyList<string> files, string wanted, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        (_place, _wanted, _dtype, _device) = (files.Count == 1 ? files[0] : Path.GetDirectoryName(files[0])!, wanted, dtype, device ?? CPU);
        Open(files);
    }

    public override bool Has(string path) => _homes.ContainsKey(path);

    /// <exception cref="EngineException">Lists everything that does not fit.</exception>
    public override void Finish()
    {
        var surplus = _homes.Keys.Where(name => !Taken.ContainsKey(name) && !IsBuffer(name)).Order(StringComparer.Ordinal).Select(Named)
            .ToList();
        var faults =
            new[] { Tell("missing", _missing), Tell("surplus", surplus), Tell("wrongly shaped", _misshapen),
                Tell("not finite", _notFinite) };
        if (faults.All(fault => fault is null))
        {
            return;
        }

        foreach (var tensor in Taken.Values)
        {
            tensor.Dispose();
        }

        throw new EngineException(
            $"{_place}: the weights do not fit {_wanted}: {string.Join("; ", faults.Where(fault => fault is not null))}");
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    protected override Tensor Find(string path, long[] shape, Start start, long fanIn)
    {
        if (!_homes.TryGetValue(path, out var file))
        {
            _missing.Add(path);
            return Nothing();
        }
        var stored = file.ShapeOf(path);
        // Old autoencoders keep their attention's matrices as 1×1 convolutions.
        var alike = stored.SequenceEqual(shape)
            || (stored.Length == 4 && shape.Length == 2 && stored is [_, _, 1, 1] && stored[..2].SequenceEqual(shape));
        if (!alike)
        {
            _misshapen.Add($"{Named(path)} is {Shapes.Told(stored)} and should be {Shapes.Told(shape)}");
            return Nothing();
        }
        using var scope = NewDisposeScope();
        var tensor = file.Read(path).to(_dtype).reshape(shape).to(_device);
        if (!isfinite(tensor).all().item<bool>())
        {
            _notFinite.Add(Named(path));
        }

        return tensor.DetachFromDisposeScope();
    }

    /// <summary>Stands for a weight that is not there until <see cref="Finish"/> tells of it.</summary>
    private static Tensor Nothing() => empty([0]);

    /// <summary>The tensor, and which of several files it is in.</summary>
    private string Named(string path) => _files.Count == 1 ? path : $"{path} (in {Path.GetFileName(_homes[path].Path)})";

    private void Open(IEnumerable<string> paths)
    {
        try
        {
            foreach (var path in paths)
            {
                Add(SafeTensors.Open(path));
            }
        }
        catch (EngineException)
        {
            Dispose();
            throw;
        }
    }

    private void Add(SafeTensors file)
    {
        _files.Add(file);
        foreach (var name in file.Names)
        {
            if (!_homes.TryAdd(name, file))
            {
                throw new EngineException($"{file.Path}: the tensor {name} is in {_homes[name].Path} already");
            }
        }
    }

    private static IEnumerable<string> FilesOf(string folder, string name)
    {
        foreach (var variant in new[] { "", ".fp16" })
        {
            var single = Path.Combine(folder, $"{name}{variant}.safetensors");
            if (File.Exists(single))
            {
                return [single];
            }

            var index = Path.Combine(folder, $"{name}.safetensors.index{variant}.json");
            if (File.Exists(index))
            {
                return Shards(folder, index);
            }
        }
        throw new EngineException(
            $"{folder}: there is no {name}.safetensors; weights in other formats have to be converted to safetensors first");
    }

    private static IEnumerable<string> Shards(string folder, string index)
    {
        try
        {
            using var json = JsonDocument.Parse(StrictText.Read(index));
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

    /// <summary>Tables that a model computes and some files carry all the same; they are not read.</summary>
    internal static bool IsBuffer(string name) => name.EndsWith("position_ids", StringComparison.Ordinal);

    private static string? Tell(string what, List<string> names) => names.Count switch
    {
        0 => null,
        <= ListedAtMost => $"{what}: {string.Join(", ", names)}",
        _ => $"{what}: {string.Join(", ", names.Take(ListedAtMost))} and {names.Count - ListedAtMost} more",
    };
}
