using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Verification;
using Labeler.TrainingEngine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Verification;

/// <summary>A verification that passes proves something only where a changed expected value fails: here for every kind of file.</summary>
public sealed class ChangedGoldenTests : IDisposable
{
    private static readonly (string File, string Inputs)[] Tensors =
    [
        ("golden-sd21/unet_forward.safetensors", @"\.(sample|timesteps|encoder_hidden_states)$"),
        ("golden-sd21/vae.safetensors", @"^(decode\.z|encode\.image|encode\.noise)$"),
        ("golden-sdxl/text_encoder.safetensors", @"^input_ids"),
        ("golden-misc/scheduler.safetensors", @"\.(sample|model_output|noise|given_prev_sample|log_prob)$|^batched\.(timesteps|prev_sample|weight)$"),
        ("golden-misc/scheduler.safetensors", @"^(?!.*\.log_prob$)"),
        ("golden-sd21/ddim_eta0.safetensors", @"^init_latents$|prompt_embeds$"),
        ("golden-sd21/ddim_eta1_logprob.safetensors", @"^noise$|prompt_embeds$"),
        ("golden-d3po/batch2_mixed.safetensors", @"^sample_|^human_prefer$"),
        ("golden-d3po/adamw.safetensors", "^$"),
        ("golden-misc/ddpo_dpok.safetensors", @"\.(advantages|log_prob_new|log_probs_old)$"),
    ];

    private static readonly string[] Pictures = ["golden-sd21/ddim_eta0.png", "golden-sd21/ddim_eta1_1.png"];

    private static readonly (string File, string Json, string Path)[] Numbers =
    [
        ("golden-misc/jpeg_rewards.json", "golden-misc/jpeg_rewards.json", "jpeg_compressibility.3"),
        ("golden-misc/jpeg_rewards.json", "golden-misc/jpeg_rewards.json", "jpeg_incompressibility.0"),
        ("golden-misc/reward_tensor_batch.safetensors", "golden-misc/jpeg_rewards.json", "tensor_batch.jpeg_compressibility.1"),
        ("golden-misc/reward_tensor_batch.safetensors", "golden-misc/jpeg_rewards.json", "tensor_batch.light_reward.2"),
        ("golden-misc/stat_tracker.json", "golden-misc/stat_tracker.json", "0.updates.0.advantages.9"),
        ("golden-misc/stat_tracker.json", "golden-misc/stat_tracker.json", "0.updates.0.stats.cat.mean"),
    ];

    private readonly TemporaryFolder _copy = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public static IEnumerable<object[]> TensorFiles => Tensors.Select(row => new object[] { row.File, row.Inputs });

    public static IEnumerable<object[]> PictureFiles => Pictures.Select(file => new object[] { file });

    public static IEnumerable<object[]> NumberFiles => Numbers.Select(row => new object[] { row.File, row.Json, row.Path });

    public void Dispose()
    {
        _scope.Dispose();
        _copy.Dispose();
    }

    [Theory]
    [MemberData(nameof(TensorFiles))]
    public void Every_expected_tensor_fails_where_one_element_is_changed(string name, string inputs) => AssertEveryKeyFails(GoldenCopy.Path, name, inputs);

    [GoldenTheory]
    [InlineData("golden-tokenizer/tokenizer.safetensors", @"^openai\.")]
    [InlineData("golden-sd15/ddim_eta0.safetensors", "^init_latents$")]
    public void So_does_what_needs_the_vocabulary(string name, string inputs) => AssertEveryKeyFails(GoldenFolder.Path!, name, inputs);

    [Theory]
    [MemberData(nameof(PictureFiles))]
    public void A_picture_fails_where_one_byte_is_changed(string name)
    {
        Copy(GoldenCopy.Path);
        Picture picture = Picture.Decode(File.ReadAllBytes(_copy.File(name.Split('/'))));
        picture.Rgb[1000] = (byte)(picture.Rgb[1000] < 128 ? picture.Rgb[1000] + 3 : picture.Rgb[1000] - 3);
        Replace(name, picture.ToPng());

        Assert.False(GoldenVerification.One(_copy.Path, name, CPU).Ok);
    }

    [Theory]
    [MemberData(nameof(NumberFiles))]
    public void A_file_fails_where_a_number_of_its_json_is_changed(string name, string json, string path)
    {
        Copy(GoldenCopy.Path);
        JsonNode root = JsonNode.Parse(File.ReadAllBytes(_copy.File(json.Split('/'))))!;
        string[] parts = path.Split('.');
        JsonNode parent = parts[..^1].Aggregate(root, (node, part) => node is JsonArray list ? list[int.Parse(part)]! : node[part]!);
        if (parent is JsonArray numbers)
        {
            numbers[int.Parse(parts[^1])] = numbers[int.Parse(parts[^1])]!.GetValue<double>() + 0.001;
        }
        else
        {
            parent[parts[^1]] = parent[parts[^1]]!.GetValue<double>() * 1.001;
        }

        Replace(json, System.Text.Encoding.UTF8.GetBytes(root.ToJsonString()));

        Assert.False(GoldenVerification.One(_copy.Path, name, CPU).Ok);
    }

    [Fact]
    public void No_kind_of_file_is_left_out()
    {
        string[] changed = [.. Tensors.Select(row => row.File), .. Pictures, .. Numbers.Select(row => row.File), "golden-tokenizer/tokenizer.safetensors"];

        Assert.All(GoldenKind.All, kind => Assert.Contains(changed, kind.Matches));
    }

    private void AssertEveryKeyFails(string root, string name, string inputs)
    {
        Copy(root);
        Dictionary<string, Tensor> tensors = SafeTensors.ReadAll(_copy.File(name.Split('/')));
        string[] expected = [.. tensors.Keys.Where(key => !Regex.IsMatch(key, inputs))];
        foreach (string key in expected)
        {
            Change(tensors[key]);
        }

        SafeTensors.Write(_copy.File("changed.safetensors"), tensors);
        Replace(name, File.ReadAllBytes(_copy.File("changed.safetensors")));

        VerifiedFile file = GoldenVerification.One(_copy.Path, name, CPU);

        Assert.True(file.Fault is null && file.Skipped is null, file.ToString());
        string[] failed = [.. file.Findings.Where(finding => !finding.Ok).Select(finding => finding.Quantity.Split(' ')[0]).Distinct()];
        Assert.All(expected, key => Assert.Contains(failed, quantity => quantity == key || (quantity.EndsWith('*') && key.StartsWith(quantity[..^1], StringComparison.Ordinal))));
    }

    /// <summary>Changes the last element; where the original has no number, gives it one.</summary>
    private static void Change(Tensor tensor)
    {
        Tensor flat = tensor.view(-1);
        if (!tensor.is_floating_point())
        {
            flat[^1] += 1;
        }
        else if (flat.isfinite().all().item<bool>())
        {
            flat[^1] += 1e-3 * Math.Max(1, flat.abs().max().to(float32).item<float>());
        }
        else
        {
            flat.fill_(0);
        }
    }

    /// <summary>Everything as links, of which one is replaced.</summary>
    private void Copy(string root)
    {
        foreach (string folder in Directory.GetDirectories(root))
        {
            string target = _copy.File(Path.GetFileName(folder));
            if (Path.GetFileName(folder).StartsWith("tiny-", StringComparison.Ordinal))
            {
                Directory.CreateSymbolicLink(target, folder);
                continue;
            }

            Directory.CreateDirectory(target);
            foreach (string file in Directory.GetFiles(folder))
            {
                File.CreateSymbolicLink(Path.Combine(target, Path.GetFileName(file)), file);
            }
        }
    }

    private void Replace(string name, byte[] bytes)
    {
        File.Delete(_copy.File(name.Split('/')));
        File.WriteAllBytes(_copy.File(name.Split('/')), bytes);
    }
}
