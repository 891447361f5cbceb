using System.CommandLine;
using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Training.Memory;
using TorchSharp;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>memory</c>: what a job would take, before anything is loaded, and whether it fits.</summary>
internal static class MemoryCommand
{
    private const int Rank = 4;

    public static Command Create()
    {
        var like = new Option<string>("--like") { Description = "whose dimensions to take", Required = true }
            .AcceptOnlyFromAmong([.. Footprints.Names]);
        var type = new Option<string>("--dtype") { Description = "element type to compute in", DefaultValueFactory = _ => "float32" }
            .AcceptOnlyFromAmong([.. Precisions.Names]);
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N; by default cuda where it is there" };
        var size = new Option<int>("--size") { Description = "pixels of a side; 0 for what the model was made for" };
        var images = new Option<int>("--micro-batch") { Description = "images in one forward", DefaultValueFactory = _ => 1 };
        var guided = new Option<bool>("--guided") { Description = "two rows an image" };
        var train = new Option<bool>("--train") { Description = "train an adapter of rank 4, in the place of sampling" };
        var texts = new Option<bool>("--text-encoders") { Description = "with --train: of the CLIP text encoders too" };
        var full = new Option<bool>("--full") { Description = "train all weights of the denoiser" };
        var recompute = new Option<bool>("--recompute") { Description = "compute activations again instead of keeping them" };
        var offload = new Option<bool>("--offload-text") { Description = "keep text encoders off the device" };
        var offloadVae = new Option<bool>("--offload-vae") { Description = "keep the autoencoder off the device while it is not needed" };
        var tiles = new Option<bool>("--tiles") { Description = "decode by squares of 512 pixels" };
        var free = new Option<double?>("--free") { Description = "GB to hold it against; by default what the device has free" };
        var command = new Command("memory", "Says what a released model would take for sampling or training, and what would fit.") { like,
            type, device, size, images, guided, train, texts, full, recompute, offload, offloadVae, tiles, free };
        command.Does((parsed, _) =>
        {
            var model = Footprints.Like(parsed.GetRequiredValue(like));
            var side = parsed.GetValue(size) is > 0 and var given ? given : model.Size;
            var work = new MemoryWork(side, side, parsed.GetValue(images), parsed.GetValue(guided) ? 2 : 1,
                MixedPrecision.Of(Precisions.Parse(parsed.GetRequiredValue(type))))
            {
                Trained = parsed.GetValue(full) ? model.Denoiser
                    : parsed.GetValue(train) ? Rank * (model.Adapted + (parsed.GetValue(texts) ? model.AdaptedTexts : 0)) : 0,
                TrainsTexts = parsed.GetValue(train) && parsed.GetValue(texts),
                Whole = parsed.GetValue(full),
                Recompute = parsed.GetValue(recompute),
                TextsElsewhere = parsed.GetValue(offload),
                VaeElsewhere = parsed.GetValue(offloadVae),
                Tiles = parsed.GetValue(tiles),
            };
            // Without a device, --free may be that of any.
            var place = parsed.GetValue(free) is null || parsed.GetValue(device) is not null ? Devices.Pick(parsed.GetValue(device)) : null;
            var onProcessor = place?.type == DeviceType.CPU;
            Console.WriteLine(MemoryEstimate.Of(
                model, onProcessor ? work with { TextsElsewhere = false, VaeElsewhere = false } : work));
            if ((parsed.GetValue(free) is { } told ? (long)(told * 1e9) : FreeMemory.Of(place!)) is { } room)
            {
                MemoryCheck.Require(model, work, room, estimate => estimate.Peak, onProcessor);
                Console.WriteLine($"fits into {MemoryEstimate.Told(room)}");
            }
        });
        return command;
    }
}
