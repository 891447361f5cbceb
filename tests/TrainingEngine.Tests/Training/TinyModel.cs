using System.Text.Json;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Tests.Training;

/// <summary>A whole model of a few channels with random weights, whose groups of images are sampled in milliseconds.</summary>
internal static class TinyModel
{
    public const int Steps = 4;

    private static readonly ClipTextConfig Text = new(
        VocabularySize: 54, Width: 8, InnerWidth: 16, Layers: 1, Heads: 2, Positions: 12, QuickGelu: true, Epsilon: 1e-5, ProjectionWidth: 0);

    private static readonly VaeConfig Vae = new(
        InChannels: 3, OutChannels: 3, LatentChannels: 4, Channels: [4, 4], LayersPerBlock: 1, Groups: 2, ScalingFactor: 0.2, SampleSize: 16);

    /// <summary>A model whose scheduler and tokenizer lie in a folder.</summary>
    public static StableDiffusion Make(string folder, ulong seed = 1)
    {
        if (!Directory.Exists(Path.Combine(folder, "scheduler")))
        {
            WriteFiles(folder);
        }
        return new StableDiffusion(
            folder,
            [(ClipTokenizer.Load(Path.Combine(folder, "tokenizer")), new ClipTextEncoder(Text, new RandomWeights(seed + 1)))],
            TinyUNet.Make(seed), new AutoencoderKL(Vae, new RandomWeights(seed + 2)));
    }

    /// <summary>Samples groups into trajectory files and returns their paths.</summary>
    public static string[] Sample(StableDiffusion model, string folder, int groups, int size, double guidance = 1, bool keepMeans = true, ulong seed = 0)
    {
        Directory.CreateDirectory(folder);
        var options = new SamplingOptions { Steps = Steps, Guidance = guidance, GroupSize = size, KeepMeans = keepMeans };
        TorchGaps.SetThreads(1);
        var sampler = new Sampler(model, NoiseSchedule.Load(Path.Combine(model.Folder, "scheduler")), options);
        return [.. Enumerable.Range(0, groups).Select(group =>
        {
            var path = Path.Combine(folder, $"{group:00000}.safetensors");
            using var trajectory = sampler.Sample(group % 2 == 0 ? "a cat" : "two dogs", seed + (ulong)group);
            trajectory.Save(path);
            return path;
        })];
    }

    private static void WriteFiles(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "scheduler"));
        Directory.CreateDirectory(Path.Combine(folder, "tokenizer"));
        File.WriteAllText(Path.Combine(folder, "scheduler", "scheduler_config.json"), """
            {"_class_name":"DDIMScheduler","beta_start":0.00085,"beta_end":0.012,"beta_schedule":"scaled_linear","clip_sample":false,"set_alpha_to_one":false,"steps_offset":1}
            """);
        var letters = Enumerable.Range('a', 26).Select(letter => $"{(char)letter}").ToArray();
        string[] tokens = [.. letters, .. letters.Select(letter => $"{letter}</w>"), "<|startoftext|>", "<|endoftext|>"];
        var vocabulary = tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        File.WriteAllText(Path.Combine(folder, "tokenizer", "vocab.json"), JsonSerializer.Serialize(vocabulary));
        File.WriteAllText(Path.Combine(folder, "tokenizer", "merges.txt"), "#version: 0.2\nc a\n");
        File.WriteAllText(Path.Combine(folder, "tokenizer", "tokenizer_config.json"), """{"model_max_length":12}""");
        File.WriteAllText(Path.Combine(folder, "tokenizer", "special_tokens_map.json"), "{}");
    }
}
