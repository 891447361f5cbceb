using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Verification;

/// <summary>The models, inputs and outputs of the golden adapters.</summary>
internal static class LoraGolden
{
    // Suggested with the files; FLUX's guidance of 3500 goes through sines in float32.
    private const double UNet = 1e-4, Flux = 1e-3, Text = 3e-5;

    /// <summary>The models, and what the keys of their inputs begin with.</summary>
    public static IReadOnlyList<(string Model, string Key)> Models { get; } =
        [("tiny-sdxl", "sdxl"), ("tiny-sd15", "sd15"), ("tiny-flux", "flux"), ("tiny-sd3", "sd3"),
            ("tiny-sd3 with transformer_sd35", "sd35")];

    /// <summary>Names and shapes of a model's layers, from the headers of its files.</summary>
    public static LoraBase Base(GoldenFile file, string model) => new(PartsOf(file, model).ToDictionary(
        part => part.Name, part => (IReadOnlyDictionary<string, long[]>)Layers(part.Folder)));

    /// <summary>What the parts of a model say, compared with every stored output of theirs.</summary>
    /// <param name="file">Holds the outputs.</param>
    /// <param name="model">As the JSON files name it.</param>
    /// <param name="adapter">Put on; null for the model alone.</param>
    /// <param name="prefix">Of the outputs' keys.</param>
    public static IEnumerable<Finding> Compare(GoldenFile file, string model, string? adapter, string prefix)
    {
        var wanted = file.Tensors.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        var parts = wanted.Select(key => key[prefix.Length..].Split('.')[0]).Distinct()
            .Select(part => (Name: part, Part: LoraGoldenPart.Load(file, Place(file, model, part), part))).ToList();
        foreach (var (part, _) in parts.Where(part => part.Part is null))
        {
            yield return new($"{prefix}{part}: this engine has no such model", double.PositiveInfinity, 0);
        }
        var made = parts.Select(part => part.Part).OfType<LoraGoldenPart>().ToList();
        using var laid = new Laid(file, model, made, adapter);
        foreach (var part in made)
        {
            var said = part.Say(file.Sibling("inputs.safetensors"), Models.First(known => known.Model == model).Key);
            foreach (var (name, output) in said)
            {
                if (file.Has($"{prefix}{part.Name}.{name}"))
                {
                    var key = $"{prefix}{part.Name}.{name}";
                    foreach (var finding in Verification.Compare.Tensors(key, output, file[key], Tolerance(part.Name, model)))
                    {
                        yield return finding;
                    }
                }
            }
        }
    }

    private static double Tolerance(string part, string model) => part switch
    {
        "unet" => UNet,
        "transformer" => model == "tiny-flux" ? Flux : UNet,
        _ => Text,
    };

    private static IEnumerable<(string Name, string Folder)> PartsOf(GoldenFile file, string model) =>
        new[] { "unet", "transformer", "text_encoder", "text_encoder_2", "text_encoder_3" }
            .Select(part => (part, Folder: Place(file, model, part))).Where(part => Directory.Exists(part.Folder));

    /// <summary>A part's folder; some are left out of the golden set and taken from other models, as its README says.</summary>
    private static string Place(GoldenFile file, string model, string part)
    {
        var name = model.Split(' ')[0];
        var folder = model.EndsWith("transformer_sd35", StringComparison.Ordinal) && part == "transformer" ? "transformer_sd35" : part;
        var (from, taken) = (name, folder) switch
        {
            ("tiny-flux", "text_encoder") => ("tiny-sd3", "text_encoder"),
            ("tiny-flux", "text_encoder_2") => ("tiny-sd3", "text_encoder_3"),
            _ => (name, folder),
        };
        return Path.Combine(file.ModelNamed(from), taken);
    }

    private static Dictionary<string, long[]> Layers(string folder)
    {
        var name = Path.GetFileName(folder).StartsWith("text_encoder", StringComparison.Ordinal) ? "model" : "diffusion_pytorch_model";
        var layers = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var path in WeightFiles.Of(folder, name))
        {
            using var weights = SafeTensors.Open(path);
            var matrices = weights.Names.Where(key => key.EndsWith(".weight", StringComparison.Ordinal) && weights.ShapeOf(key).Length > 1);
            foreach (var key in matrices)
            {
                layers.Add(key[..^".weight".Length], weights.ShapeOf(key));
            }
        }
        return layers;
    }

    /// <summary>An adapter on those parts that were made; the branches of the others are read and left out.</summary>
    private sealed class Laid : IDisposable
    {
        private readonly LoraAdapter? _adapter;

        public Laid(GoldenFile file, string model, IReadOnlyList<LoraGoldenPart> made, string? path)
        {
            if (path is not null && made.Count > 0)
            {
                _adapter = LoraAdapter.Of([.. made.Select(part => part.Layers)], LoraFile.Read(path, Base(file, model)));
            }
        }

        public void Dispose() => _adapter?.Dispose();
    }
}
