using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Models.Transformers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>Transformers of flow models for stored inputs, and the outputs of their parts.</summary>
internal static class TransformerCheck
{
    private const string Parts = "a.dbg.";
    // Suggested with the files. FLUX's guidance of 3500 goes through sines in float32, which costs most of its tolerance.
    private const double Sd3Largest = 1e-4, FluxLargest = 6e-4;

    public static IEnumerable<Finding> Sd3(GoldenFile file)
    {
        using var untracked = no_grad();
        var model = FlowGolden.Sd3(file, Folder(file));
        return Cases(file, model.Watch, Sd3Largest, name => model.Forward(
            file[$"{name}.hidden_states"], file[$"{name}.timestep"], Text(file, name)));
    }

    public static IEnumerable<Finding> Flux(GoldenFile file)
    {
        using var untracked = no_grad();
        var model = FlowGolden.Flux(file, Folder(file));
        var first = file["a.txt_ids"];
        var rotation = Rotation.Of(cat([first, file["a.img_ids"]]), model.Config.Axes);
        return
        [
            .. Compare.Tensors($"{Parts}pos_embed.0", rotation.Cosines, file[$"{Parts}pos_embed.0"], 1e-6),
            .. Compare.Tensors($"{Parts}pos_embed.1", rotation.Sines, file[$"{Parts}pos_embed.1"], 1e-6),
            .. Cases(file, model.Watch, FluxLargest, name => model.Forward(
                file[$"{name}.hidden_states"], file[$"{name}.timestep"], Text(file, name), file[$"{name}.txt_ids"],
                file[$"{name}.img_ids"])),
        ];
    }

    public static IEnumerable<Finding> Packing(GoldenFile file)
    {
        var latents = file["latents"];
        var (height, width) = (latents.shape[2], latents.shape[3]);
        return
        [
            .. Compare.Tensors("packed", FluxPacking.Pack(latents), file["packed"], 0),
            .. Compare.Tensors("unpacked", FluxPacking.Unpack(FluxPacking.Pack(latents), height, width), file["unpacked"], 0),
            .. Compare.Tensors("img_ids", FluxPacking.Places(height, width, file.Device), file["img_ids"], 0),
        ];
    }

    private static string Folder(GoldenFile file) =>
        $"{Path.GetFileName(file.Model)}/{Path.GetFileNameWithoutExtension(file.Name)}";

    private static TextConditioning Text(GoldenFile file, string name) => new(
        file[$"{name}.encoder_hidden_states"], file[$"{name}.pooled_projections"],
        Guidance: file.Has($"{name}.guidance") ? file[$"{name}.guidance"] : null);

    private static List<Finding> Cases(GoldenFile file, OutputWatch watch, double largest, Func<string, Tensor> forward)
    {
        var seen = new Dictionary<string, Tensor>();
        watch.Seen = (path, output) => seen[path] = output.clone().DetachFromDisposeScope();
        try
        {
            var findings = new List<Finding>();
            foreach (var name in file.Tensors.Keys.Where(key => key.EndsWith(".out", StringComparison.Ordinal))
                .Select(key => key[..^".out".Length]).Order(StringComparer.Ordinal))
            {
                findings.AddRange(Compare.Tensors($"{name}.out", forward(name), file[$"{name}.out"], largest));
                findings.AddRange(file.Tensors.Keys.Where(key => key.StartsWith($"{name}.dbg.", StringComparison.Ordinal)
                    && !key.Contains(".pos_embed.", StringComparison.Ordinal))
                    .SelectMany(key => Compare.Tensors(key, seen.GetValueOrDefault(key[$"{name}.dbg.".Length..])
                        ?? throw new EngineException($"{file.Path}: the engine's model has no part {key}"), file[key], largest)));
            }

            return findings;
        }
        finally
        {
            watch.Seen = null;
            foreach (var output in seen.Values)
            {
                output.Dispose();
            }
        }
    }
}
