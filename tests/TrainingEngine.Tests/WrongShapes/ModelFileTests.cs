using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.WrongShapes;

/// <summary>
/// Some of libtorch's functions end the process when shapes do not fit: nothing of a wrong shape may get past loading, where
/// nothing is computed.
/// </summary>
public sealed class ModelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Parts
    {
        get
        {
            var parts = new TheoryData<string, string>();
            foreach (var model in new[] { "tiny-sd15", "tiny-sd21", "tiny-sdxl", "mirror-world" })
            {
                foreach (var part in new[] { "unet", "vae", "text_encoder" }.Concat(model == "tiny-sdxl" ? ["text_encoder_2"] : []))
                {
                    parts.Add(model, part);
                }
            }

            return parts;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Parts))]
    public void Every_weight_of_every_tiny_model_is_refused_in_a_wrong_shape_when_it_is_loaded(string model, string part)
    {
        var file = new ReshapedFile(Copied(model, part));
        var target = _folder.File(part, FileOf(part));
        file.Write(target, new Dictionary<string, long[]>());
        Load(part);

        var refused = new List<string>();
        foreach (var wrong in file.Faults(CheckpointWeights.ListedAtMost))
        {
            file.Write(target, wrong);
            var error = Assert.Throws<EngineException>(() => Load(part)).Message;
            Assert.StartsWith(_folder.File(part), error, StringComparison.Ordinal);
            foreach (var (name, shape) in wrong)
            {
                Assert.Contains($"{name} is {Shapes.Told(shape)} and should be {Shapes.Told(file.Shapes[name])}", error, StringComparison.Ordinal);
                refused.Add(name);
            }
        }
        Assert.All(refused.CountBy(name => name), count => Assert.Equal(2, count.Value));
        Assert.Equal(file.Shapes.Keys.Order(), refused.Distinct().Order());
    }

    [Fact]
    public void Weights_of_a_whole_fine_tuned_u_net_are_refused_in_a_wrong_shape()
    {
        using var scope = NewDisposeScope();
        var unet = Training.TinyUNet.Make();
        var model = new StableDiffusion(_folder.Path, [], unet, vae: null!);
        SafeTensors.Write(_folder.File("right.safetensors"), unet.Parameters);
        var file = new ReshapedFile(_folder.File("right.safetensors"));
        var target = _folder.File("weights.safetensors");
        file.Write(target, new Dictionary<string, long[]>());
        using (new TrainingEngine.Training.ModelPatch(model, target))
        {
        }

        foreach (var wrong in file.Faults(CheckpointWeights.ListedAtMost))
        {
            file.Write(target, wrong);
            var error = Assert.Throws<EngineException>(() => new TrainingEngine.Training.ModelPatch(model, target)).Message;
            Assert.StartsWith($"{target}: the weights do not fit this model's U-Net", error, StringComparison.Ordinal);
            Assert.All(wrong, tensor => Assert.Contains($"{tensor.Key} is {Shapes.Told(tensor.Value)} and should be {Shapes.Told(file.Shapes[tensor.Key])}", error, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_wrong_tensor_among_several_files_is_told_with_its_file()
    {
        using var scope = NewDisposeScope();
        SafeTensors.Write(_folder.File("a.safetensors"), new Dictionary<string, Tensor> { ["first"] = ones(2) });
        SafeTensors.Write(_folder.File("b.safetensors"), new Dictionary<string, Tensor> { ["second"] = ones(3), ["third"] = full([1], double.NaN) });
        using var source = new CheckpointWeights([_folder.File("a.safetensors"), _folder.File("b.safetensors")], "this");
        source.Take("second", [2], Start.Zeros);
        source.Take("third", [1], Start.Zeros);

        var error = Assert.Throws<EngineException>(source.Finish).Message;

        Assert.Equal($"{_folder.Path}: the weights do not fit this: surplus: first (in a.safetensors); wrongly shaped: second (in b.safetensors) is [3] and should be [2]; not finite: third (in b.safetensors)", error);
    }

    /// <summary>Puts the part's config where it is loaded from, and returns a file with all of its weights.</summary>
    private string Copied(string model, string part)
    {
        var source = model == "mirror-world" ? Path.Combine(GoldenCopy.Path, "..", "..", "models", model, part) : GoldenCopy.File(model, part);
        Directory.CreateDirectory(_folder.File(part));
        File.Copy(Path.Combine(source, "config.json"), _folder.File(part, "config.json"));
        var weights = Path.Combine(source, FileOf(part));
        if (File.Exists(weights))
        {
            return weights;
        }
        // The copy of the reference data lacks the large tables of two text encoders; their configs say what is in them.
        using var scope = NewDisposeScope();
        var encoder = new ClipTextEncoder(ClipTextConfig.Read(ConfigFile.Read(_folder.File(part, "config.json"))), new RandomWeights(1));
        SafeTensors.Write(_folder.File("made.safetensors"), encoder.Parameters);
        return _folder.File("made.safetensors");
    }

    private void Load(string part)
    {
        var parameters = part switch
        {
            "unet" => StableDiffusion.LoadUnet(_folder.File(part)).Parameters,
            "vae" => StableDiffusion.LoadVae(_folder.File(part)).Parameters,
            _ => StableDiffusion.LoadTextEncoder(_folder.File(part)).Parameters,
        };
        foreach (var tensor in parameters.Values)
        {
            tensor.Dispose();
        }
    }

    private static string FileOf(string part) => part.StartsWith("text", StringComparison.Ordinal) ? "model.safetensors" : "diffusion_pytorch_model.safetensors";
}
