using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Models.UNet;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>
/// The low-rank branches (arXiv 2106.09685) that a U-Net carries. Disposing of it takes them off again; the U-Net's own
/// weights are never touched.
/// </summary>
public sealed class LoraAdapter : IDisposable
{
    private readonly IReadOnlyList<Adaptable> _layers;

    private LoraAdapter(UNet2DConditionModel unet, IReadOnlyDictionary<string, LoraTensors> branches)
    {
        var device = unet.Parameters["conv_in.weight"].device;
        _layers = [.. LayersOf(unet).Where(layer => branches.ContainsKey(layer.Path))];
        foreach (var layer in _layers)
        {
            var branch = branches[layer.Path];
            layer.Lora = new LoraBranch(Own(branch.Down, device), Own(branch.Up, device), branch.Scale);
        }
    }

    /// <summary>Puts a new adapter on, which changes nothing yet: down normal with standard deviation 1/rank, up zero.</summary>
    /// <param name="unet">Without an adapter.</param>
    /// <param name="targets">Layers with a branch.</param>
    /// <param name="rank">Inner width.</param>
    /// <param name="alpha">Scale times rank.</param>
    /// <param name="seed">Of the start values.</param>
    /// <exception cref="EngineException">An impossible rank, or no layer is meant.</exception>
    public static LoraAdapter Create(UNet2DConditionModel unet, LoraTargets targets, int rank, double alpha, int seed)
    {
        if (rank < 1 || !double.IsFinite(alpha) || alpha == 0)
        {
            throw new EngineException($"an adapter needs a rank of at least 1 and an alpha other than 0, not {rank} and {alpha}");
        }
        using var scope = NewDisposeScope();
        using var generator = new Generator(unchecked((ulong)seed));
        var branches = LayersOf(unet).Where(layer => targets.Mean(layer.Path, layer is Conv2d)).ToDictionary(layer => layer.Path, layer =>
        {
            var shape = layer.Weight.shape;
            var down = randn([rank, .. shape[1..]], generator: generator).div_(rank);
            return new LoraTensors(down, zeros([shape[0], rank, .. shape[2..].Select(_ => 1L)]), alpha);
        });
        return branches.Count > 0 ? new LoraAdapter(unet, branches)
            : throw new EngineException($"no layer of this model is among {targets}");
    }

    /// <summary>Puts an adapter from a file on, of any format that <see cref="LoraFile"/> reads.</summary>
    /// <exception cref="EngineException">The file cannot be read or does not fit this model.</exception>
    public static LoraAdapter Load(UNet2DConditionModel unet, string path)
    {
        using var scope = NewDisposeScope();
        return new LoraAdapter(unet, LoraFile.Read(path, LayersOf(unet).ToDictionary(layer => layer.Path, layer => layer.Weight.shape)));
    }

    /// <summary>The branches by layer. The tensors are the adapter's own.</summary>
    public IReadOnlyDictionary<string, LoraTensors> Branches => _layers.ToDictionary(
        layer => layer.Path, layer => new LoraTensors(layer.Lora!.Down, layer.Lora.Up, layer.Lora.Scale * layer.Lora.Down.shape[0]));

    /// <summary>What is trained, by its key in diffusers files, in the order of the layers.</summary>
    public IReadOnlyList<(string Name, Tensor Weight)> Parameters => [.. _layers.SelectMany(layer => new[]
    {
        (LoraKeys.Diffusers(layer.Path, LoraPart.Down), layer.Lora!.Down), (LoraKeys.Diffusers(layer.Path, LoraPart.Up), layer.Lora.Up),
    })];

    public void Dispose()
    {
        foreach (var layer in _layers)
        {
            layer.Lora?.Down.Dispose();
            layer.Lora?.Up.Dispose();
            layer.Lora = null;
        }
    }

    private static IEnumerable<Adaptable> LayersOf(UNet2DConditionModel unet) => unet.AttentionLayers.Concat(unet.OtherLayers);

    private static Tensor Own(Tensor tensor, Device device) => tensor.detach().to(device, copy: true).DetachFromDisposeScope();
}
