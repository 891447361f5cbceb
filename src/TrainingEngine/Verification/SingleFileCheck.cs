using System.Security.Cryptography;
using System.Text.Json;
using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>
/// Checkpoints of one file: written from a model's folder by the map of a golden file, with the map's hashes, and read back tensor by
/// tensor through <see cref="SingleFileLayout"/>: all of the folder's, to the last bit, and nothing left over.
/// </summary>
internal static class SingleFileCheck
{
    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        using var untracked = no_grad();
        var map = file.Json(Path.GetFileName(file.Name));
        var folder = file.ModelNamed(map.GetProperty("folder").GetString()!);
        var written = Path.Combine(Directory.CreateTempSubdirectory("single-file").FullName, "model.safetensors");
        try
        {
            using var sources = new Sources(folder, map);
            return [.. Write(written, map, sources), .. Read(written, sources)];
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(written)!, recursive: true);
        }
    }

    private static List<Finding> Write(string path, JsonElement map, Sources sources)
    {
        var (tensors, different) = (new Dictionary<string, Tensor>(StringComparer.Ordinal), 0);
        var findings = new List<Finding>();
        foreach (var row in map.GetProperty("tensors").EnumerateArray())
        {
            var tensor = Made(row[4].GetString()!, [.. row[5].EnumerateArray().Select(key => sources.Of(row[3], key.GetString()!))],
                [.. row[2].EnumerateArray().Select(size => size.GetInt64())]);
            using var bytes = new MemoryStream();
            TorchExtensions.Copy(tensor, bytes);
            if (!Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())).StartsWith(row[6].GetString()!, StringComparison.Ordinal)
                || !tensor.shape.SequenceEqual(row[2].EnumerateArray().Select(size => size.GetInt64())))
            {
                different++;
            }
            tensors.Add(row[0].GetString()!, tensor);
        }
        findings.Add(new("tensors of another hash or shape than the map's", different, 0));
        if (map.TryGetProperty("extra_tensors_to_ignore", out var extra))
        {
            foreach (var one in extra.EnumerateObject())
            {
                tensors[one.Name] = ones([.. one.Value[1].EnumerateArray().Select(size => size.GetInt64())]);
            }
        }
        SafeTensors.Write(path, tensors);
        return findings;
    }

    private static Tensor Made(string operation, Tensor[] sources, long[] shape) => operation switch
    {
        "copy" => sources[0],
        "reshape" => sources[0].reshape(shape),
        "transpose" => sources[0].t().contiguous(),
        "concat_rows" => cat(sources),
        "swap_halves" => cat([.. sources[0].chunk(2).Reverse()]),
        var other => throw new EngineException($"the map has the unknown operation {other}"),
    };

    private static IEnumerable<Finding> Read(string path, Sources sources)
    {
        var layout = SingleFileLayout.Of(path);
        yield return new($"parts beside {string.Join(", ", sources.Parts)}",
            layout.Parts.Except(sources.Parts.Select(Part)).Count() + sources.Parts.Select(Part).Except(layout.Parts).Count(), 0);
        foreach (var part in sources.Parts)
        {
            using var weights = layout.Weights(Part(part));
            foreach (var (key, wanted) in sources.All(part).Where(pair => pair.Value.is_floating_point()))
            {
                weights.Take(key, wanted.shape, Start.Zeros);
            }
            weights.Finish();
            yield return new($"{part} tensors that differ", weights.Taken.Count(
                pair => !pair.Value.eq(sources.All(part)[pair.Key].to(ScalarType.Float32)).all().item<bool>()), 0);
        }
    }

    // A model's second transformer lies in a folder of another name.
    private static string Part(string folder) => folder.StartsWith("transformer", StringComparison.Ordinal) ? "transformer" : folder;

    /// <summary>The tensors of the folders that a map names.</summary>
    private sealed class Sources : IDisposable
    {
        private readonly Dictionary<string, Dictionary<string, Tensor>> _parts = [];
        private readonly string[]? _files;

        public Sources(string folder, JsonElement map)
        {
            _files = map.TryGetProperty("sources", out var files) ? [.. files.EnumerateArray().Select(name => name.GetString()!)] : null;
            foreach (var part in map.GetProperty("tensors").EnumerateArray().Select(row => PartOf(row[3])).Distinct())
            {
                var place = GoldenFile.Needed(Path.Combine(folder, part));
                var name = part.StartsWith("text_encoder", StringComparison.Ordinal) ? "model" : "diffusion_pytorch_model";
                _parts.Add(part, WeightFiles.Of(place, name).SelectMany(SafeTensors.ReadAll).ToDictionary(StringComparer.Ordinal));
            }
        }

        public IReadOnlyCollection<string> Parts => _parts.Keys;

        public IReadOnlyDictionary<string, Tensor> All(string part) => _parts[part];

        public Tensor Of(JsonElement source, string key) => _parts[PartOf(source)].GetValueOrDefault(key)
            ?? throw new EngineException($"the map takes {key} from {PartOf(source)}, which does not hold it");

        // Two forms of maps: a number among the sources, or the part's name.
        private string PartOf(JsonElement source) =>
            source.ValueKind == JsonValueKind.Number ? _files![source.GetInt32()].Split('/')[0] : source.GetString()!;

        public void Dispose()
        {
            foreach (var tensor in _parts.Values.SelectMany(part => part.Values))
            {
                tensor.Dispose();
            }
        }
    }
}
