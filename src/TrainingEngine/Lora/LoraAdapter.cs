using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Models.T5;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>
/// The low-rank branches (arXiv 2106.09685) that a model carries. Disposing of it takes them off again; the model's own
/// weights are never touched.
/// </summary>
public sealed class LoraAdapter : IDisposable
{
    private readonly IReadOnlyList<Laid> _layers;

    private LoraAdapter(IEnumerable<LoraPartLayers> parts, IReadOnlyDictionary<string, LoraTensors> branches)
    {
        _layers =
        [
            .. parts.SelectMany(part => part.Layers.Select(layer => (Name: $"{part.Name}.{layer.Path}", Layer: layer)))
                .Where(layer => branches.ContainsKey(layer.Name)).Select(layer => Lay(layer.Name, layer.Layer, branches[layer.Name])),
        ];
    }

    /// <summary>Puts a new adapter on a denoiser, which changes nothing yet; see <see cref="NewBranches"/>.</summary>
    /// <param name="denoiser">Without an adapter.</param>
    /// <param name="targets">Layers with a branch.</param>
    /// <param name="rank">Inner width.</param>
    /// <param name="alpha">Scale times rank.</param>
    /// <param name="seed">Of the start values.</param>
    /// <exception cref="EngineException">An impossible rank, or no layer is meant.</exception>
    public static LoraAdapter Create(IDenoiser denoiser, LoraTargets targets, int rank, double alpha, int seed)
    {
        using var scope = NewDisposeScope();
        LoraPartLayers[] parts = [new(denoiser.PartName, [.. denoiser.AttentionLayers.Concat(denoiser.OtherLayers)])];
        return new LoraAdapter(parts, new NewBranches(targets, rank, alpha, seed).Make(parts));
    }

    /// <summary>Puts a new adapter on a model's denoiser and on its CLIP text encoders.</summary>
    /// <exception cref="EngineException">An impossible rank, or no layer of one of them is meant.</exception>
    public static LoraAdapter CreateWithTexts(StableDiffusion model, NewBranches begin)
    {
        using var scope = NewDisposeScope();
        LoraPartLayers[] parts =
            [new(model.Denoiser.PartName, [.. model.Denoiser.AttentionLayers.Concat(model.Denoiser.OtherLayers)]), .. NewClips(model)];
        return new LoraAdapter(parts, begin.Make(parts));
    }

    /// <summary>Puts an adapter from a file on, of any format that <see cref="LoraFile"/> reads.</summary>
    /// <param name="model">Gets it: the denoiser, and the text encoders where the file has branches for them.</param>
    /// <param name="path">A file, or a folder with one.</param>
    /// <exception cref="EngineException">The file cannot be read or does not fit this model.</exception>
    public static LoraAdapter Load(StableDiffusion model, string path) => Load(PartsOf(model), path);

    /// <summary>Puts an adapter from a file on, with new branches for the CLIP text encoders where it holds none for them.</summary>
    /// <param name="begin">How those begin.</param>
    /// <exception cref="EngineException">The file cannot be read or does not fit this model, or no layer is meant.</exception>
    public static LoraAdapter LoadWithTexts(StableDiffusion model, string path, NewBranches begin)
    {
        using var scope = NewDisposeScope();
        var parts = PartsOf(model);
        var branches = LoraFile.Read(path, new LoraBase(parts));
        var clips = Clips(model);
        return branches.Keys.Any(layer => clips.Any(clip => clip.Name == LoraBase.Split(layer).Part)) ? new LoraAdapter(parts, branches)
            : new LoraAdapter(parts,
                branches.Concat(begin.Make(NewClips(model))).ToDictionary(branch => branch.Key, branch => branch.Value));
    }

    /// <summary>
    /// Puts what an adapter's file holds for the text encoders on, so that texts become what they were for the policy of that file;
    /// null where there is no such file, or it is a whole denoiser.
    /// </summary>
    /// <exception cref="EngineException">The file cannot be read or does not fit this model.</exception>
    public static LoraAdapter? LoadTexts(StableDiffusion model, string? path)
    {
        if (path is null || LoraFile.IsWhole(path, model.Denoiser.Parameters.ContainsKey))
        {
            return null;
        }
        using var scope = NewDisposeScope();
        var parts = PartsOf(model);
        return new LoraAdapter([.. parts.Skip(1)], LoraFile.Read(path, new LoraBase(parts)));
    }

    /// <summary>Puts an adapter of a denoiser alone on.</summary>
    /// <exception cref="EngineException">The file cannot be read or does not fit this model.</exception>
    public static LoraAdapter Load(IDenoiser denoiser, string path) => Load([PartOf(denoiser)], path);

    /// <summary>Puts an adapter from a file on the parts that are given.</summary>
    /// <exception cref="EngineException">The file cannot be read or does not fit them.</exception>
    public static LoraAdapter Load(IReadOnlyList<LoraPartLayers> parts, string path)
    {
        using var scope = NewDisposeScope();
        return new LoraAdapter(parts, LoraFile.Read(path, new LoraBase(parts)));
    }

    /// <summary>Puts branches on that are in memory.</summary>
    /// <param name="parts">What may carry them; branches of other parts are left out.</param>
    /// <param name="branches">By layer, <c>unet.conv_in</c>; copied.</param>
    internal static LoraAdapter Of(IReadOnlyList<LoraPartLayers> parts, IReadOnlyDictionary<string, LoraTensors> branches) =>
        new(parts, branches);

    /// <summary>The parts of a model that can carry branches.</summary>
    public static IReadOnlyList<LoraPartLayers> PartsOf(StableDiffusion model) =>
    [
        PartOf(model.Denoiser), .. Clips(model),
        .. model.T5 is { } t5 ? [PartOf(t5, model.TextEncoders.Count)] : Array.Empty<LoraPartLayers>(),
    ];

    /// <summary>A denoiser as a part.</summary>
    public static LoraPartLayers PartOf(IDenoiser denoiser) => new(denoiser.PartName, [.. denoiser.AdaptableLayers]);

    /// <summary>A T5 encoder as a part.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="number">Its place among the model's, from 0.</param>
    public static LoraPartLayers PartOf(T5Encoder encoder, int number) => new(Text(number), [.. encoder.AdaptableLayers]);

    /// <summary>A text encoder as a part.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="number">Its place among the model's, from 0.</param>
    public static LoraPartLayers PartOf(ClipTextEncoder encoder, int number = 0) =>
        new(Text(number), [.. encoder.AdaptableLayers]);

    private static LoraPartLayers[] Clips(StableDiffusion model) =>
        [.. model.TextEncoders.Select((encoder, n) => PartOf(encoder, n))];

    // Other programs know no branch on the projection behind the layers.
    private static LoraPartLayers[] NewClips(StableDiffusion model) => Array.ConvertAll(Clips(model),
        clip => clip with { Layers = [.. clip.Layers.Where(layer => layer.Path.Contains(".layers.", StringComparison.Ordinal))] });

    private static string Text(int number) => number == 0 ? "text_encoder" : FormattableString.Invariant($"text_encoder_{number + 1}");

    /// <summary>The branches by layer, <c>unet.conv_in</c>. The tensors are the adapter's own.</summary>
    public IReadOnlyDictionary<string, LoraTensors> Branches => _layers.ToDictionary(
        layer => layer.Name, layer => new LoraTensors(layer.Branch.Down, layer.Branch.Up, layer.Branch.Scale * layer.Branch.Down.shape[0]));

    /// <summary>What is trained, by its key in diffusers files, in the order of the layers: the branches of the denoiser.</summary>
    public IReadOnlyList<(string Name, Tensor Weight)> Parameters => Of(["unet", "transformer"]);

    /// <summary>What is trained where text encoders are too: the branches of the denoiser and of CLIP.</summary>
    public IReadOnlyList<(string Name, Tensor Weight)> ParametersWithTexts(StableDiffusion model) =>
        Of([model.Denoiser.PartName, .. Clips(model).Select(clip => clip.Name)]);

    private IReadOnlyList<(string Name, Tensor Weight)> Of(string[] parts) =>
    [
        .. _layers.Where(layer => parts.Contains(LoraBase.Split(layer.Name).Part)).SelectMany(layer => new[]
        {
            (LoraKeys.Diffusers(layer.Name, LoraPart.Down), layer.Branch.Down),
            (LoraKeys.Diffusers(layer.Name, LoraPart.Up), layer.Branch.Up),
        }),
    ];

    public void Dispose()
    {
        foreach (var laid in _layers)
        {
            laid.Layer.Lora = laid.Former;
            laid.Branch.Down.Dispose();
            laid.Branch.Up.Dispose();
        }
    }

    private static Laid Lay(string name, Adaptable layer, LoraTensors tensors)
    {
        var former = layer.Lora;
        layer.Lora = new LoraBranch(Own(tensors.Down, layer.Weight.device), Own(tensors.Up, layer.Weight.device), tensors.Scale);
        return new(name, layer, layer.Lora, former);
    }

    /// <param name="Former">What the layer carried before, and carries again afterwards.</param>
    private sealed record Laid(string Name, Adaptable Layer, LoraBranch Branch, LoraBranch? Former);

    private static Tensor Own(Tensor tensor, Device device) => tensor.detach().to(device, copy: true).DetachFromDisposeScope();
}
