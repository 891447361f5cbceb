using Labeler.TrainingEngine.Models.SingleFile;
using Labeler.TrainingEngine.Weights;
using TorchSharp;

namespace Labeler.TrainingEngine.Tests;

/// <summary>A whole model of random weights in one file, in its makers' layout.</summary>
internal static class TinySingleFile
{
    /// <summary>Writes a model's folder and the same in one file.</summary>
    /// <param name="family"><c>sd1</c>, <c>sd2</c>, <c>xl</c>, <c>sd3</c> or <c>flux</c>.</param>
    public static (string Folder, string File) Write(string folder, string file, string family)
    {
        using var scope = torch.NewDisposeScope();
        _ = family switch
        {
            "sd3" or "flux" => TinyFlowModel.Write(folder, family),
            "xl" => TinyModel.WriteXl(folder),
            _ => TinyModel.Write(folder),
        };
        var tensors = new Dictionary<string, torch.Tensor>();
        Func<string, StoredAs?> vae = new VaeNames(2).Of, plain = key => new(key);
        switch (family)
        {
            case "sd3":
                var sd3 = Part(folder, "transformer");
                Put(tensors, "model.diffusion_model.", Sd3Names.Of(sd3.Keys).Of, sd3);
                PutTexts(("text_encoder", "text_encoders.clip_l.transformer.", plain), ("text_encoder_2", "text_encoders.clip_g.transformer.", plain),
                    ("text_encoder_3", "text_encoders.t5xxl.transformer.", plain));
                break;
            case "flux":
                Put(tensors, "model.diffusion_model.", FluxNames.Of, Part(folder, "transformer"));
                PutTexts(("text_encoder", "text_encoders.clip_l.transformer.", plain), ("text_encoder_2", "text_encoders.t5xxl.transformer.", plain));
                break;
            default:
                var unet = Part(folder, "unet");
                Put(tensors, "model.diffusion_model.", UNetNames.Of(unet.Keys).Of, unet);
                PutTexts(family switch
                {
                    "sd1" => [("text_encoder", "cond_stage_model.transformer.", plain)],
                    "sd2" => [("text_encoder", "cond_stage_model.model.", OpenClipNames.Of)],
                    _ => [("text_encoder", "conditioner.embedders.0.transformer.", plain), ("text_encoder_2", "conditioner.embedders.1.model.", OpenClipNames.Of)],
                });
                break;
        }
        Put(tensors, "first_stage_model.", vae, Part(folder, "vae"));
        // What files hold besides, and is not loaded.
        tensors["model_ema.decay"] = torch.ones(1);
        tensors["first_stage_model.loss.logvar"] = torch.ones(1);
        if (family == "sd2")
        {
            tensors["cond_stage_model.model.transformer.resblocks.1.ln_1.weight"] = torch.ones(8);
            tensors["cond_stage_model.model.text_projection"] = torch.ones(8, 8);
            tensors["cond_stage_model.model.logit_scale"] = torch.ones(1);
        }
        SafeTensors.Write(file, tensors);
        return (folder, file);

        void PutTexts(params (string Part, string Prefix, Func<string, StoredAs?> Names)[] texts)
        {
            foreach (var (part, prefix, names) in texts)
            {
                Put(tensors, prefix, names, Part(folder, part));
            }
        }
    }

    /// <summary>Puts a part's tensors into a file, several of them into one where its layout has them so.</summary>
    public static void Put(Dictionary<string, torch.Tensor> file, string prefix, Func<string, StoredAs?> names, IReadOnlyDictionary<string, torch.Tensor> weights)
    {
        foreach (var group in weights.GroupBy(pair => names(pair.Key)!.Value.Key))
        {
            file[prefix + group.Key] = torch.cat([.. group.OrderBy(pair => names(pair.Key)!.Value.Piece).Select(pair => pair.Value)]);
        }
    }

    /// <summary>Copies a folder's configs and tokenizers.</summary>
    public static void PutBeside(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static Dictionary<string, torch.Tensor> Part(string folder, string part) => SafeTensors.ReadAll(Directory.GetFiles(Path.Combine(folder, part), "*.safetensors").Single());
}
