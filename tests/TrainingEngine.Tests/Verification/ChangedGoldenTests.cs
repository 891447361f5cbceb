using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Verification;
using Labeler.TrainingEngine.Verification.Flow;

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

    private readonly GoldenWithChange _golden = new();

    public static IEnumerable<object[]> TensorFiles => Tensors.Select(row => new object[] { row.File, row.Inputs });

    public static IEnumerable<object[]> PictureFiles => Pictures.Select(file => new object[] { file });

    public static IEnumerable<object[]> NumberFiles => Numbers.Select(row => new object[] { row.File, row.Json, row.Path });

    public void Dispose() => _golden.Dispose();

    [Theory]
    [MemberData(nameof(TensorFiles))]
    public void Every_expected_tensor_fails_where_one_element_is_changed(string name, string inputs) => _golden.AssertEveryKeyFails(GoldenCopy.Path, name, inputs);

    [GoldenTheory]
    [InlineData("golden-tokenizer/tokenizer.safetensors", @"^openai\.")]
    [InlineData("golden-sd15/ddim_eta0.safetensors", "^init_latents$")]
    public void So_does_what_needs_the_vocabulary(string name, string inputs) => _golden.AssertEveryKeyFails(GoldenFolder.Path!, name, inputs);

    [Theory]
    [MemberData(nameof(PictureFiles))]
    public void A_picture_fails_where_one_byte_is_changed(string name) => _golden.AssertPictureFails(GoldenCopy.Path, name);

    [Theory]
    [MemberData(nameof(NumberFiles))]
    public void A_file_fails_where_a_number_of_its_json_is_changed(string name, string json, string path)
    {
        _golden.Copy(GoldenCopy.Path);
        JsonNode root = JsonNode.Parse(File.ReadAllBytes(_golden.File(json)))!;
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

        _golden.Replace(json, System.Text.Encoding.UTF8.GetBytes(root.ToJsonString()));

        Assert.False(_golden.Verify(name).Ok);
    }

    [Fact]
    public void No_kind_of_file_is_left_out()
    {
        string[] changed = [.. Tensors.Select(row => row.File), .. Pictures, .. Numbers.Select(row => row.File), "golden-tokenizer/tokenizer.safetensors"];

        Assert.All(GoldenKind.All.Except(FlowKinds.All).Except(AdapterKinds.All), kind => Assert.Contains(changed, kind.Matches));
    }
}
