using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Weights;

/// <summary>
/// Weights of a saved model: one safetensors file, or several with an index, in the model's own names or another layout's.
/// Widened to the wanted type, put on the wanted device. What is missing, surplus, wrongly shaped or not finite is told in one error,
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
    private readonly StoredNames _names;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly List<string> _missing = [];
    private readonly List<string> _misshapen = [];
    private readonly List<string> _notFinite = [];

    /// <param name="folder">Holds the files, as a model's <c>unet</c> folder does.</param>
    /// <param name="name">The file's name without ending, <c>diffusion_pytorch_model</c> or <c>model</c>.</param>
    /// <param name="dtype">Type of the tensors handed out.</param>
    /// <param name="device">Their device.</param>
    /// <param name="variant">Which of several, see <see cref="WeightFiles"/>.</param>
    public CheckpointWeights(string folder, string name, ScalarType dtype = ScalarType.Float32, Device? device = null,
        string? variant = null)
    {
        (_place, _wanted, _dtype, _device, _names) =
            (folder, "the model's config.json; take both from the same model, unchanged", dtype, device ?? CPU, StoredNames.Own);
        Open(WeightFiles.Of(folder, name, variant));
    }

    /// <summary>Weights of files, wherever they lie.</summary>
    /// <param name="files">No tensor stands in two of them.</param>
    /// <param name="wanted">What they must fit and what to do where they do not, for the error.</param>
    /// <param name="dtype">Type of the tensors handed out.</param>
    /// <param name="device">Their device.</param>
    /// <param name="names">What the files call the tensors, where that is not what the model calls them.</param>
    public CheckpointWeights(IReadOnlyList<string> files, string wanted, ScalarType dtype = ScalarType.Float32, Device? device = null,
        StoredNames? names = null)
    {
        (_place, _wanted, _dtype, _device, _names) =
            (files.Count == 1 ? files[0] : Path.GetDirectoryName(files[0])!, wanted, dtype, device ?? CPU, names ?? StoredNames.Own);
        Open(files);
    }

    public override bool Has(string path) => _names.Of(path) is { } stored && _homes.ContainsKey(stored.Key);

    /// <exception cref="EngineException">Lists everything that does not fit.</exception>
    public override void Finish()
    {
        var surplus = _homes.Keys.Where(name => _names.Owns(name) && !_used.Contains(name) && !IsBuffer(name)).Order(StringComparer.Ordinal)
            .Select(Named).ToList();
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
        if (_names.Of(path) is not { } stored || !_homes.TryGetValue(stored.Key, out var file))
        {
            _missing.Add(path);
            return Nothing();
        }
        _used.Add(stored.Key);
        // Old autoencoders keep their attention's matrices as 1×1 convolutions.
        var given = file.ShapeOf(stored.Key) is [var rows, var columns, 1, 1] && shape.Length == 2 ? [rows, columns]
            : file.ShapeOf(stored.Key);
        if (!stored.Piece.Fit(given, shape))
        {
            _misshapen.Add($"{Named(stored.Key)} is {Shapes.Told(file.ShapeOf(stored.Key))} and should be {Shapes.Told(shape)}"
                + (stored.Piece is Piece.Whole or Piece.Transposed ? "" : $" where {path} is taken from it"));
            return Nothing();
        }
        using var scope = NewDisposeScope();
        var tensor = stored.Piece.Cut(file.Read(stored.Key).reshape(given), shape[0]).contiguous().to(_dtype).to(_device);
        if (!isfinite(tensor).all().item<bool>())
        {
            _notFinite.Add(Named(stored.Key));
        }

        return (stored.Piece == Piece.Whole ? tensor : tensor.clone()).DetachFromDisposeScope();
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

    /// <summary>Tables that a model computes and some files carry all the same, and CLIP's temperature, which its text half does not
    /// use; they are not read.</summary>
    internal static bool IsBuffer(string name) => name.EndsWith("position_ids", StringComparison.Ordinal)
        || name.EndsWith("logit_scale", StringComparison.Ordinal);

    private static string? Tell(string what, List<string> names) => names.Count switch
    {
        0 => null,
        <= ListedAtMost => $"{what}: {string.Join(", ", names)}",
        _ => $"{what}: {string.Join(", ", names.Take(ListedAtMost))} and {names.Count - ListedAtMost} more",
    };
}
