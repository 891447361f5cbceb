using System.Text.Json;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Models;

/// <summary>A checkpoint in one file in the place of a folder.</summary>
public sealed class SingleFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [FlowGoldenTheory]
    [InlineData("tiny-sd15")]
    [InlineData("tiny-sdxl")]
    public void It_samples_what_its_folder_samples(string model)
    {
        var file = Written(model);
        TinySingleFile.PutBeside(GoldenFolder.File(model), _folder.File("model"));

        var (single, folder) = (StableDiffusion.Load(file), StableDiffusion.Load(GoldenFolder.File(model)));

        Assert.Equal(Sampled(folder), Sampled(single));
        Assert.NotEqual(ModelHash.Of(folder), ModelHash.Of(single));
        Assert.Equal(ModelHash.Of(file), ModelHash.Of(single));
    }

    [FlowGoldenTheory]
    [InlineData("tiny-sd15")]
    public void Without_a_tokenizer_beside_it_it_says_where_to_put_one(string model)
    {
        var error = Assert.Throws<EngineException>(() => StableDiffusion.Load(Written(model))).Message;

        Assert.Contains($"put the folder tokenizer of a model of its family", error, StringComparison.Ordinal);
        Assert.Contains(_folder.File("model"), error, StringComparison.Ordinal);
    }

    [FlowGoldenTheory]
    [InlineData("tiny-sd15", "model.diffusion_model.input_blocks.0.0.weight", "given 9 channels: it is an inpainting model")]
    [InlineData("tiny-sd15", "first_stage_model.decoder.conv_in.weight", "without its vae")]
    [InlineData("tiny-sdxl", "conditioner.embedders.1.model.", "without its text_encoder_2 (it may be the refiner")]
    [InlineData("tiny-sd15", "model.diffusion_model.middle_block.1.proj_in.weight", "missing: mid_block.attentions.0.proj_in.weight")]
    public void What_it_lacks_is_told_by_name(string model, string changed, string told)
    {
        var file = Written(model);
        TinySingleFile.PutBeside(GoldenFolder.File(model), _folder.File("model"));
        var tensors = SafeTensors.ReadAll(file);
        if (changed.EndsWith("input_blocks.0.0.weight", StringComparison.Ordinal))
        {
            tensors[changed] = cat([tensors[changed], tensors[changed], tensors[changed].narrow(1, 0, 1)], 1);
        }
        else
        {
            foreach (var key in tensors.Keys.Where(key => key.StartsWith(changed, StringComparison.Ordinal)).ToList())
            {
                tensors.Remove(key);
            }
        }
        SafeTensors.Write(file, tensors);

        var error = Assert.Throws<EngineException>(() => StableDiffusion.Load(file)).Message;

        Assert.StartsWith($"{file}: ", error, StringComparison.Ordinal);
        Assert.Contains(told, error, StringComparison.Ordinal);
    }

    [GoldenFact]
    public void One_of_Stable_Diffusion_2_has_a_layer_of_its_text_encoder_and_a_projection_more_than_the_folder()
    {
        var (source, tensors) = (StableDiffusion.Load(GoldenFolder.File("tiny-sd21")), new Dictionary<string, Tensor>());
        TinySingleFile.Put(tensors, "model.diffusion_model.", UNetNames.Of(source.Unet.Parameters.Keys).Of, source.Unet.Parameters);
        TinySingleFile.Put(tensors, "first_stage_model.", new VaeNames(source.Vae.Config.Channels.Length).Of, source.Vae.Parameters);
        TinySingleFile.Put(tensors, "cond_stage_model.model.", OpenClipNames.Of, source.TextEncoders[0].Parameters);
        var blocks = source.TextEncoders[0].Config.Layers;
        tensors[$"cond_stage_model.model.transformer.resblocks.{blocks}.ln_1.weight"] = ones(1);
        tensors["cond_stage_model.model.text_projection"] = ones(1);
        tensors["cond_stage_model.model.logit_scale"] = ones(1);
        tensors["first_stage_model.loss.logvar"] = ones(1);
        tensors["model_ema.decay"] = ones(1);
        SafeTensors.Write(_folder.File("model.safetensors"), tensors);
        TinySingleFile.PutBeside(GoldenFolder.File("tiny-sd21"), _folder.File("model"));

        Assert.Equal(Sampled(source), Sampled(StableDiffusion.Load(_folder.File("model.safetensors"))));
    }

    [Theory]
    [InlineData("modelspec.prediction_type", "v", "unet", "v_prediction")]
    [InlineData("modelspec.predict_key", "epsilon", "unet", "epsilon")]
    [InlineData("note", "none", "v_pred", "v_prediction")]
    [InlineData("note", "none", "cond_stage_model.model.ln_final.weight", "v_prediction")]
    [InlineData("note", "none", "unet", "epsilon")]
    public void What_its_u_net_predicts_is_read_from_the_file(string key, string value, string tensor, string prediction)
    {
        SafeTensors.Write(_folder.File("model.safetensors"), new Dictionary<string, Tensor>
        {
            ["model.diffusion_model.input_blocks.0.0.weight"] = ones(1),
            [tensor] = ones(1),
        }, new Dictionary<string, string> { [key] = value });

        Assert.Equal(prediction, SingleFileLayout.Of(_folder.File("model.safetensors")).Prediction);
        Directory.CreateDirectory(_folder.File("tokenizer"));
        var schedule = NoiseSchedule.Load(Path.Combine(_folder.File("model.safetensors"), "scheduler"));
        Assert.Equal((prediction == "epsilon", false), (schedule.Options.Prediction == PredictionType.Epsilon, schedule.Options.ClipSample));
    }

    [Fact]
    public void An_adapter_in_the_place_of_a_model_is_told_apart()
    {
        SafeTensors.Write(_folder.File("model.safetensors"), new Dictionary<string, Tensor> { ["unet.conv_in.lora.down.weight"] = ones(1) });

        Assert.Contains("an adapter with --adapter", Assert.Throws<EngineException>(() => StableDiffusion.Load(_folder.File("model.safetensors"))).Message, StringComparison.Ordinal);
    }

    private static float[] Sampled(StableDiffusion model)
    {
        using var trajectory = new Sampler(model, NoiseSchedule.Load(Path.Combine(model.Folder, "scheduler")), new SamplingOptions { Steps = 2, GroupSize = 1 }).Sample("a red cat", 3);
        return trajectory.Final.data<float>().ToArray();
    }

    /// <summary>The model's folder as one file, by the map of the reference data.</summary>
    private string Written(string model)
    {
        using var map = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(GoldenFolder.Flow!, "golden-single-file", $"{model}.map.json")));
        var sources = map.RootElement.GetProperty("sources").EnumerateArray().Select(file => SafeTensors.ReadAll(GoldenFolder.File(model, file.GetString()!))).ToList();
        var tensors = map.RootElement.GetProperty("tensors").EnumerateArray().ToDictionary(row => row[0].GetString()!, row =>
        {
            var from = row[5].EnumerateArray().Select(key => sources[row[3].GetInt32()][key.GetString()!]).ToArray();
            return row[4].GetString() switch
            {
                "concat_rows" => cat(from),
                "transpose" => from[0].t().contiguous(),
                _ => from[0].reshape([.. row[2].EnumerateArray().Select(size => size.GetInt64())]),
            };
        });
        SafeTensors.Write(_folder.File("model.safetensors"), tensors);
        return _folder.File("model.safetensors");
    }
}
