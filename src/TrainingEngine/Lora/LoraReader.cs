using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>
/// Makes branches out of the tensors of an adapter file of any known format, and refuses one that does not fit the model
/// with a single error: what it is where it is another kind of adapter or for another model, else everything that is wrong.
/// </summary>
/// <param name="model">What the branches are for.</param>
/// <param name="first">The part in which names that say none are looked for first.</param>
internal sealed class LoraReader(LoraBase model, string? first = null)
{
    internal const int ListedProblems = 8;

    private readonly LoraKeys _keys = new(model.Shapes.Keys, first);

    /// <summary>The branches, float32, by layer.</summary>
    /// <param name="file">For error messages.</param>
    /// <param name="tensors">The file's tensors by key.</param>
    /// <param name="scales">What is said about scales.</param>
    /// <param name="metadata">The file's header.</param>
    /// <exception cref="EngineException">Keys of no layer, halves without the other, wrong shapes, values that are not finite.</exception>
    public IReadOnlyDictionary<string, LoraTensors> Read(
        string file, IReadOnlyDictionary<string, Tensor> tensors, LoraScales scales, IReadOnlyDictionary<string, string> metadata)
    {
        var problems = new List<string>();
        var modules = Modules(tensors, problems);
        var branches = new Dictionary<string, LoraTensors>();
        foreach (var module in modules)
        {
            foreach (var (layer, branch) in module.Branches(model, scales, problems))
            {
                if (!branches.TryAdd(layer, branch))
                {
                    problems.Add($"{layer} stands twice, under two names");
                }
            }
        }
        if (branches.Count == 0 && problems.Count == 0)
        {
            problems.Add("it holds no adapter");
        }
        return problems.Count == 0 ? branches
            : LoraOrigin.Mismatch(tensors.ToDictionary(pair => pair.Key, pair => pair.Value.shape), metadata, model) is { } mismatch
            ? throw new EngineException($"the adapter {file} does not fit: {mismatch} ({List(problems, 2)})")
            : throw new EngineException($"the adapter {file} does not fit: {List(problems, ListedProblems)}");
    }

    /// <summary>The file's tensors, those of one branch together.</summary>
    private List<LoraModule> Modules(IReadOnlyDictionary<string, Tensor> tensors, List<string> problems)
    {
        var modules = new Dictionary<string, LoraModule>(StringComparer.Ordinal);
        foreach (var (key, tensor) in tensors)
        {
            if (_keys.Parse(key) is not { } known)
            {
                problems.Add($"{key} belongs to no layer of this model");
                continue;
            }
            var name = string.Join(' ', known.Targets.Select(target => target.Layer));
            if (!modules.TryGetValue(name, out var module))
            {
                modules.Add(name, module = new(known.Targets));
            }
            if (!module.Tensors.TryAdd(known.Part, (key, tensor)))
            {
                problems.Add($"{key} stands twice, under two names");
            }
        }
        return [.. modules.OrderBy(module => module.Key, StringComparer.Ordinal).Select(module => module.Value)];
    }

    private static string List(List<string> problems, int most) =>
        string.Join("; ", problems.Take(most)) + (problems.Count > most ? $"; and {problems.Count - most} more" : "");
}
