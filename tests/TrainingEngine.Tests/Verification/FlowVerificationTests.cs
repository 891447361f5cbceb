using Labeler.TrainingEngine.Verification;
using Labeler.TrainingEngine.Verification.Flow;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Verification;

/// <summary>Flow models against the original libraries, and that changed values are refused.</summary>
public sealed class FlowVerificationTests : IDisposable
{
    private const string Given = @"^[ab]\.(hidden_states|timestep|encoder_hidden_states|pooled_projections|txt_ids|img_ids|guidance)$";

    private static readonly (string File, string Inputs)[] Tensors =
    [
        ("golden-sd3/tokenizer_t5.safetensors", "^$"),
        ("golden-sd3/text_encoder.safetensors", @"\.input_ids$"),
        ("golden-sd3/transformer.safetensors", Given),
        ("golden-sd3/transformer_sd35.safetensors", Given),
        ("golden-sd3/vae.safetensors", @"^(decode\.z|encode\.image|encode\.noise)$"),
        ("golden-sd3/euler.safetensors", "^init_latents$"),
        ("golden-sd3/euler_sd35.safetensors", "^init_latents$"),
        ("golden-flux/text_encoder.safetensors", "^$"),
        ("golden-flux/packing.safetensors", "^latents$"),
        ("golden-flux/transformer.safetensors", Given),
        ("golden-flux/transformer_schnell.safetensors", Given),
        ("golden-flux/vae.safetensors", @"^(decode\.z|encode\.image)$"),
        ("golden-flux/euler.safetensors", "^init_noise$"),
        ("golden-flux/euler_schnell.safetensors", "^init_noise$"),
        ("golden-flux/true_cfg.safetensors", "^init_latents_packed$"),
        ("golden-flow-scheduler/scheduler.safetensors", @"^step\.(sample|model_output)$|^scale_noise\.(noise|timestep)$"),
        ("golden-flow/steps.safetensors", @"\.(sample|model_output|noise|weight|given_prev_sample)$"),
        ("golden-flow/sd3_sde.safetensors", "^init_latents|^noise$|prompt_embeds$"),
        ("golden-flow/sd3_cps.safetensors", "^init_latents|^noise$|prompt_embeds$"),
        ("golden-flow/flux_sde.safetensors", "^init_latents|^noise$|prompt_embeds$"),
        ("golden-flow/flux_cps.safetensors", "^init_latents|^noise$|prompt_embeds$"),
        ("golden-flow/grpo_sd3.safetensors", "^$"),
        ("golden-flow/grpo_flux.safetensors", "^$"),
        ("golden-flow/d3po_sd3.safetensors", "^$"),
        ("golden-flow/dpo_sd3.safetensors", "^(latents|noise|encoder_hidden_states|pooled_projections|sigmas)$"),
    ];

    private static readonly string[] Pictures =
        ["golden-sd3/euler.png", "golden-sd3/euler_sd35.png", "golden-flux/euler.png", "golden-flux/euler_schnell.png"];

    private readonly GoldenWithChange _golden = new();

    public static IEnumerable<object[]> TensorFiles => Tensors.Select(row => new object[] { row.File, row.Inputs });

    public static IEnumerable<object[]> PictureFiles => Pictures.Select(file => new object[] { file });

    public static IEnumerable<object[]> Files => Tensors.Select(row => row.File).Concat(Pictures).Select(file => new object[] { file });

    public void Dispose() => _golden.Dispose();

    [FlowGoldenTheory]
    [MemberData(nameof(Files))]
    public void Flow_models_say_what_the_original_libraries_say(string name)
    {
        var file = GoldenVerification.One(GoldenFolder.Flow!, name, CPU);

        Assert.True(file.Ok && file.Skipped is null, file.ToString());
    }

    [FlowGoldenTheory]
    [MemberData(nameof(TensorFiles))]
    public void Every_expected_tensor_of_a_flow_model_fails_where_one_element_is_changed(string name, string inputs)
    {
        _golden.Link(GoldenFolder.File("tiny-sdxl"));

        _golden.AssertEveryKeyFails(GoldenFolder.Flow!, name, inputs);
    }

    [FlowGoldenTheory]
    [MemberData(nameof(PictureFiles))]
    public void A_picture_of_a_flow_model_fails_where_one_byte_is_changed(string name) =>
        _golden.AssertPictureFails(GoldenFolder.Flow!, name);

    [FlowGoldenTheory]
    [InlineData("golden-sd3/text_encoder.safetensors")]
    [InlineData("golden-flux/true_cfg.safetensors")]
    public void Without_the_tokenizers_that_are_taken_by_reference_a_check_says_what_it_lacks(string name)
    {
        _golden.Copy(GoldenFolder.Flow!);

        var file = _golden.Verify(name);

        Assert.NotNull(file.Skipped);
        Assert.Contains("tokenizer is not in this copy", file.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_kind_of_flow_file_is_left_out() =>
        Assert.All(FlowKinds.All, kind => Assert.Contains(Tensors.Select(row => row.File).Concat(Pictures), kind.Matches));
}
