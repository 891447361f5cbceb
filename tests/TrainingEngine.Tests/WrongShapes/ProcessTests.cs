using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Tests.Training;

namespace Labeler.TrainingEngine.Tests.WrongShapes;

/// <summary>The whole program: exit code 1 and one line, where libtorch by itself would end it with a signal.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ProcessTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_with_a_weight_of_a_wrong_shape_ends_sampling_with_one_clear_line()
    {
        const string Weight = "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight";
        var path = Path.Combine(_model, "unet", "diffusion_pytorch_model.safetensors");
        new ReshapedFile(path).Write(path, new Dictionary<string, long[]> { [Weight] = [16, 9] });

        var (code, _, errors) = EngineProcess.Start("sample", "--model", _model, "--prompt", "a cat", "--count", "1", "--steps", "2", "--out", _folder.File("out")).End();

        Assert.Equal(
            (1, $"error: {Path.GetDirectoryName(path)}: the weights do not fit the model's config.json; take both from the same model, unchanged: wrongly shaped: {Weight} is [16, 9] and should be [16, 8]\n"),
            (code, errors));
    }

    [Fact]
    public void An_adapter_of_a_wrong_shape_ends_sampling_with_one_clear_line()
    {
        var file = _folder.File("adapter.safetensors");
        using (var adapter = LoraAdapter.Create(TinyUNet.Make(), LoraTargets.Attention, 2, 2, 0))
        {
            LoraWriter.Diffusers(file, adapter.Branches);
        }

        var right = new ReshapedFile(file);
        var key = right.Shapes.Keys.First(name => name.EndsWith("attn2.to_k.lora.down.weight", StringComparison.Ordinal));
        right.Write(file, new Dictionary<string, long[]> { [key] = [2, 9] });

        var (code, _, errors) = EngineProcess.Start("sample", "--model", _model, "--adapter", file, "--prompt", "a cat", "--count", "1", "--steps", "2", "--out", _folder.File("out")).End();

        Assert.Equal(1, code);
        Assert.StartsWith($"error: the adapter {file} does not fit: {key} is [2, 9] and ", errors, StringComparison.Ordinal);
        Assert.Equal(1, errors.Count(letter => letter == '\n'));
    }
}
