using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

/// <summary>Adapters and checkpoints that people have and that went wrong once, each by its own file.</summary>
public sealed class FilesThatWentWrongTests : IDisposable
{
    private const string Weights = "unet/diffusion_pytorch_model.safetensors";

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [CaseTheory]
    [InlineData("tiny-sd15", "02-lora-alpha-in-header/header-alpha-8", "02-lora-alpha-in-header/scale-2", "02-lora-alpha-in-header/scale-1")]
    [InlineData("tiny-sdxl", "03-lora-sdxl-kohya-names/sgm-names", "03-lora-sdxl-kohya-names/diffusers-names", null)]
    public void Two_adapters_that_say_the_same_sample_the_same(string model, string adapter, string same, string? other)
    {
        var loaded = StableDiffusion.Load(GoldenFolder.File(model));
        var (plain, sampled) = (Sampled(loaded), Sampled(loaded, Case(adapter)));

        Assert.Equal(sampled, Sampled(loaded, Case(same)));
        Assert.NotEqual(plain, sampled);
        Assert.True(other is null || !Sampled(loaded, Case(other)).SequenceEqual(sampled));
    }

    [CaseTheory]
    [InlineData("04-lora-text-encoder/kohya-te")]
    [InlineData("04-lora-text-encoder/diffusers-te")]
    public void An_adapters_branch_of_the_text_encoder_changes_what_texts_become(string adapter)
    {
        var loaded = StableDiffusion.Load(GoldenFolder.File("tiny-sd15"));
        var plain = Texts();
        using var put = LoraAdapter.Load(loaded, Case(adapter));

        Assert.NotEqual(plain, Texts());

        float[] Texts() => loaded.Encode(["a red cat"], (64, 64)).Context.data<float>().ToArray();
    }

    [CaseTheory]
    [InlineData("tiny-sd15", "20-lora-dora-loha/dora.safetensors", "is DoRA, which this engine does not know")]
    [InlineData("tiny-sd15", "20-lora-dora-loha/dora-peft.safetensors", "is DoRA, which this engine does not know")]
    [InlineData("tiny-sd15", "20-lora-dora-loha/loha.safetensors", "is LoHa, which this engine does not know")]
    [InlineData("tiny-sd15", "20-lora-dora-loha/locon-mid.safetensors", "(lora_mid), which this engine does not know")]
    [InlineData("tiny-sd15", "19-not-safetensors/lora.ckpt", "is a zip archive, as PyTorch writes its pickle checkpoints")]
    [InlineData("tiny-sd15", "19-not-safetensors/lora.pt", "is a pickle, as PyTorch writes its checkpoints")]
    [InlineData("tiny-sd15", "19-not-safetensors/bin", "is a zip archive, as PyTorch writes its pickle checkpoints")]
    [InlineData("tiny-sdxl", "27-lora-of-another-base/sd15.safetensors", "made for Stable Diffusion 1.x or Stable Diffusion 2.x, and this model is Stable Diffusion XL")]
    public void What_cannot_be_put_on_is_refused_in_one_sentence_that_names_its_kind(string model, string adapter, string told)
    {
        var loaded = StableDiffusion.Load(GoldenFolder.File(model));

        var error = Assert.Throws<EngineException>(() => LoraAdapter.Load(loaded, LoraFile.Locate(Path.Combine(GoldenFolder.Cases!, adapter)))).Message;

        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [CaseTheory]
    [InlineData("28-fp8/f8")]
    public void Weights_of_eight_bits_are_widened_in_an_adapter_and_in_a_model(string adapter)
    {
        var plain = StableDiffusion.Load(GoldenFolder.File("tiny-sd15"));
        Assert.NotEqual(Sampled(plain), Sampled(plain, Case(adapter)));

        var model = Copy("tiny-sd15");
        NarrowConvolutions(Path.Combine(model, Weights), 0x30);
        var loaded = StableDiffusion.Load(model);

        Assert.All(loaded.Unet.Parameters.Values.Where(weight => weight.dim() == 4), weight => Assert.True(weight.eq(0.5).all().item<bool>()));
        Assert.Contains("is not finite", Assert.Throws<EngineException>(() => Sampled(loaded)).Message, StringComparison.Ordinal);
    }

    [CaseTheory]
    [InlineData("19-not-safetensors/single")]
    public void A_file_of_a_few_tensors_in_the_place_of_a_model_says_what_it_lacks(string file)
    {
        Assert.Contains("holds no tokenizer: put the folder tokenizer", Assert.Throws<EngineException>(() => StableDiffusion.Load(Case(file))).Message, StringComparison.Ordinal);

        TinySingleFile.PutBeside(GoldenFolder.File("tiny-sd15"), _folder.File("model"));
        File.Copy(Case(file), _folder.File("model.safetensors"));
        var error = Assert.Throws<EngineException>(() => StableDiffusion.Load(_folder.File("model.safetensors"))).Message;

        Assert.Contains("missing: ", error, StringComparison.Ordinal);
        Assert.StartsWith(_folder.File("model.safetensors"), error, StringComparison.Ordinal);
    }

    [GoldenFact]
    public void A_pointer_in_the_place_of_weights_is_told_by_name()
    {
        var model = Copy("tiny-sd15");
        File.WriteAllText(Path.Combine(model, Weights), $"version https://git-lfs.github.com/spec/v1\noid sha256:{new string('a', 64)}\nsize 3438167534\n");

        Assert.Contains("Git LFS pointer", Assert.Throws<EngineException>(() => StableDiffusion.Load(model)).Message, StringComparison.Ordinal);
    }

    [GoldenFact]
    public void A_tokenizer_json_alone_gives_the_same_pictures()
    {
        var model = Copy("tiny-sd15");
        var place = Path.Combine(model, "tokenizer");
        var merges = File.ReadAllLines(Path.Combine(place, "merges.txt")).Skip(1).Where(line => line.Length > 0).Select(line => new JsonArray([.. line.Split(' ')]));
        File.WriteAllText(Path.Combine(place, "tokenizer.json"), new JsonObject
        {
            ["version"] = "1.0",
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["end_of_word_suffix"] = "</w>",
                ["unk_token"] = "<|endoftext|>",
                ["vocab"] = JsonNode.Parse(File.ReadAllText(Path.Combine(place, "vocab.json"))),
                ["merges"] = new JsonArray([.. merges]),
            },
            ["added_tokens"] = new JsonArray(),
        }.ToJsonString());
        foreach (var file in new[] { "vocab.json", "merges.txt", "special_tokens_map.json" })
        {
            File.Delete(Path.Combine(place, file));
        }

        Assert.Equal(Sampled(StableDiffusion.Load(GoldenFolder.File("tiny-sd15"))), Sampled(StableDiffusion.Load(model)));
    }

    private static string Case(string file) => Path.Combine(GoldenFolder.Cases!, $"{file}.safetensors");

    private static float[] Sampled(StableDiffusion model, string? adapter = null)
    {
        using var put = adapter is null ? null : LoraAdapter.Load(model, adapter);
        using var trajectory = new Sampler(model, NoiseSchedule.Load(Path.Combine(model.Folder, "scheduler")),
            new SamplingOptions { Steps = 2, GroupSize = 2 }).Sample("a red cat", 1);
        return trajectory.Final.data<float>().ToArray();
    }

    private string Copy(string model)
    {
        TinySingleFile.PutBeside(GoldenFolder.File(model), _folder.File("copy"));
        foreach (var file in Directory.GetFiles(GoldenFolder.File(model), "*.safetensors", SearchOption.AllDirectories))
        {
            // The original may be there to read alone.
            File.WriteAllBytes(_folder.File("copy", Path.GetRelativePath(GoldenFolder.File(model), file)), File.ReadAllBytes(file));
        }
        return _folder.File("copy");
    }

    /// <summary>Makes every convolution's weights eight bits each, all of one pattern.</summary>
    private static void NarrowConvolutions(string path, byte pattern)
    {
        var file = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        var header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        using var data = new MemoryStream();
        foreach (var tensor in header.Where(pair => pair.Key != "__metadata__").Select(pair => pair.Value!.AsObject()))
        {
            var (begin, shape) = (data.Length, tensor["shape"]!.AsArray().Select(side => (int)side!).ToArray());
            var places = tensor["data_offsets"]!.AsArray().Select(place => (int)place!).ToArray();
            if (shape.Length == 4)
            {
                tensor["dtype"] = "F8_E4M3";
                data.Write([.. Enumerable.Repeat(pattern, shape.Aggregate(1, (all, side) => all * side))]);
            }
            else
            {
                data.Write(file.AsSpan(8 + length + places[0], places[1] - places[0]));
            }
            tensor["data_offsets"] = new JsonArray(begin, data.Length);
        }
        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, text.Length);
        File.WriteAllBytes(path, [.. prefix, .. text, .. data.ToArray()]);
    }
}
