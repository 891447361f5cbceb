using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models.Transformers;

public sealed class TransformerTests
{
    private static readonly Sd3Config Sd3 = new(8, 2, 4, 2, 2, 8, new(12, 6), 6, [0], Norms: true);
    private static readonly FluxConfig Flux = new(16, 1, 1, 2, 8, [2, 2, 4], new(12, 6), Guided: true);

    public static TheoryData<string> Families => ["sd3", "flux"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Activations_that_are_computed_again_give_the_gradients_of_those_that_are_kept(string family)
    {
        using var scope = NewDisposeScope();
        var model = Model(family);
        using var adapter = LoraAdapter.Create(model, LoraTargets.AllLinear, 2, 2, 1);
        Tensor[] leaves = [.. adapter.Parameters.Select(parameter => parameter.Weight)];
        foreach (var leaf in leaves)
        {
            using (no_grad())
            {
                leaf.add_(0.1);
            }

            leaf.requires_grad_();
        }

        var (latents, text) = Inputs();
        IList<Tensor> Gradients(bool recompute) => Differentiation.Gradients(
            1, (_, tape) => model.Forward(latents, tensor(new[] { 700f }), text, tape), outputs => outputs[0].square().mean(), leaves,
            recompute);

        foreach (var (again, kept) in Gradients(true).Zip(Gradients(false)))
        {
            Assert.True(allclose(again, kept, rtol: 1e-4, atol: 1e-6));
            Assert.True(kept.isfinite().all().item<bool>());
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_row_s_prediction_does_not_depend_on_its_company(string family)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var model = Model(family);
        var (latents, text) = Inputs();

        var both = model.Forward(latents, tensor(new[] { 900f, 100f }), text);
        var second = model.Forward(latents.narrow(0, 1, 1), tensor(new[] { 100f }), text.At(tensor(new[] { 1L })));

        Assert.Equal(latents.shape, both.shape);
        Assert.True(allclose(both.narrow(0, 1, 1), second, rtol: 1e-4, atol: 1e-5));
        Assert.False(allclose(both.narrow(0, 0, 1), second, rtol: 1e-2, atol: 1e-2));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void By_default_an_adapter_stands_on_the_attention_of_both_streams_and_on_nothing_else(string family)
    {
        using var adapter = LoraAdapter.Create(Model(family), LoraTargets.Attention, 2, 2, 1);
        var layers = adapter.Branches.Keys.ToArray();

        Assert.Contains("transformer.transformer_blocks.0.attn.to_q", layers);
        Assert.Contains("transformer.transformer_blocks.0.attn.add_q_proj", layers);
        Assert.Contains("transformer.transformer_blocks.0.attn.to_add_out", layers);
        Assert.All(layers, layer => Assert.Contains(".attn", layer, StringComparison.Ordinal));
    }

    [Fact]
    public void Latents_larger_than_the_table_of_positions_are_refused()
    {
        using var scope = NewDisposeScope();
        var (_, text) = Inputs();

        var error = Assert.Throws<EngineException>(() => Model("sd3").Forward(zeros(2, 4, 14, 8), tensor(new[] { 1f }), text));

        Assert.Contains("8 x 14", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_guidance_of_a_distilled_model_changes_what_it_says()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var model = Model("flux");
        var (latents, text) = Inputs();

        var strong = model.Forward(latents, tensor(new[] { 500f }), text with { Guidance = tensor(new[] { 7f, 7f }) });

        Assert.False(allclose(strong, model.Forward(latents, tensor(new[] { 500f }), text)));
        Assert.Throws<EngineException>(() => model.Forward(latents, tensor(new[] { 500f }), text with { Guidance = null }));
    }

    [Theory]
    [InlineData("""{"_class_name":"SD3Transformer2DModel","qk_norm":"layer_norm"}""", "qk_norm")]
    [InlineData("""{"_class_name":"SD3Transformer2DModel","dual_attention_layers":[30]}""", "dual_attention_layers")]
    [InlineData("""{"_class_name":"SD3Transformer2DModel","caption_projection_dim":7}""", "caption_projection_dim")]
    public void A_config_that_the_engine_does_not_know_is_refused_by_its_key(string json, string key) => Assert.Contains(
        key, Assert.Throws<EngineException>(() => Sd3Config.Read(ConfigFile.Parse("config.json", json))).Message, StringComparison.Ordinal);

    [Fact]
    public void Axes_that_do_not_fill_a_head_are_refused() => Assert.Throws<EngineException>(() => FluxConfig.Read(
        ConfigFile.Parse("config.json", """{"_class_name":"FluxTransformer2DModel","axes_dims_rope":[16,56,54]}""")));

    private static IDenoiser Model(string family) => family == "sd3"
        ? new Sd3Transformer(Sd3, new RandomWeights(3)) : new FluxTransformer(Flux, new RandomWeights(3));

    private static (Tensor Latents, TextConditioning Text) Inputs()
    {
        using var generator = new Generator(5);
        return (randn([2, 4, 8, 6], generator: generator), new TextConditioning(
            randn([2, 5, 12], generator: generator), randn([2, 6], generator: generator), Guidance: tensor(new[] { 3.5f, 3.5f })));
    }
}
