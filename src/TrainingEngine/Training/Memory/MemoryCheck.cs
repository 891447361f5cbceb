using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Memory;

/// <summary>Refuses what does not fit, before it begins, and says what would.</summary>
public static class MemoryCheck
{
    /// <summary>Checks sampling and decoding with a model that is loaded.</summary>
    /// <param name="model">On its device.</param>
    /// <param name="sampler">Samples.</param>
    /// <param name="options">The same that it was made with.</param>
    /// <param name="tiles">Whether pictures are decoded in tiles.</param>
    /// <exception cref="EngineException">It takes more than is free; the message says what would fit.</exception>
    public static void RequireSampling(StableDiffusion model, Sampler sampler, SamplingOptions options, bool tiles) => Require(model, new(
        sampler.Width, sampler.Height, options.ImagesAtOnce > 0 ? options.ImagesAtOnce : sampler.GroupsTogether * options.GroupSize,
        RowsPerImage(model, options.Guidance), MixedPrecision.Of(model.Precision))
    {
        Tiles = tiles,
        TextsElsewhere = model.HasTextsElsewhere,
        VaeElsewhere = model.HasVaeElsewhere,
    });

    /// <summary>Rows of the denoiser for one image.</summary>
    public static int RowsPerImage(StableDiffusion model, double guidance) =>
        new GuidedDenoiser(model.Denoiser, guidance).IsGuided ? 2 : 1;

    /// <summary>Checks that a model's weights fit onto a device, by the headers of its files alone.</summary>
    /// <param name="path">The model's folder or file.</param>
    /// <param name="device">Where they would be.</param>
    /// <param name="type">That they would have.</param>
    /// <param name="offloaded">What goes elsewhere.</param>
    /// <exception cref="EngineException">They do not.</exception>
    public static void RequireWeights(string path, Device device, ScalarType type, Offloads offloaded)
    {
        // On a processor elsewhere is here.
        var wanted = StoredNumbers.Of(path, device.type == DeviceType.CPU ? Offloads.None : offloaded)
            * (MixedPrecision.IsNarrow(type) ? 2 : 4);
        if (FreeMemory.Of(device) is { } free && wanted > free)
        {
            throw new EngineException($"{path}: its weights take {MemoryEstimate.Told(wanted)} in {type.Name()}, and "
                + $"{MemoryEstimate.Told(free)} are free"
                + (!MixedPrecision.IsNarrow(type) && wanted / 2 <= free ? "; they would fit in bfloat16" : "; take a smaller model"));
        }
    }

    /// <summary>Checks a job of a model that is loaded.</summary>
    /// <param name="model">On its device.</param>
    /// <param name="work">What is to be done.</param>
    /// <exception cref="EngineException">It takes more than is free; the message says what would fit.</exception>
    public static void Require(StableDiffusion model, MemoryWork work)
    {
        if (FreeMemory.Of(model.Device) is { } free)
        {
            Require(Footprints.Of(model), work, free, estimate => estimate.Growth, model.Device.type == DeviceType.CPU);
        }
    }

    /// <summary>Checks.</summary>
    /// <param name="model">The model.</param>
    /// <param name="work">What is to be done.</param>
    /// <param name="free">Bytes that are free.</param>
    /// <param name="share">What of an estimate must fit into them.</param>
    /// <param name="onProcessor">Whether the device's memory is the machine's, so that no part of the model can be elsewhere.</param>
    /// <exception cref="EngineException">It takes more than is free; the message says what would fit.</exception>
    public static void Require(
        ModelFootprint model, MemoryWork work, long free, Func<MemoryEstimate, long> share, bool onProcessor = false)
    {
        work = onProcessor ? work with { TextsElsewhere = false, VaeElsewhere = false } : work;
        var estimate = MemoryEstimate.Of(model, work);
        var wanted = share(estimate);
        if (wanted <= free)
        {
            return;
        }
        string[] fitting = [.. Alternatives(work, onProcessor).Where(other => share(MemoryEstimate.Of(model, other.Work)) <= free)
            .Select(other => other.Told)];
        throw new EngineException($"this takes about {MemoryEstimate.Told(wanted)} of memory more, and "
            + $"{MemoryEstimate.Told(free)} are free ({estimate}); "
            + (fitting.Length > 0 ? $"it would fit with {string.Join(", or with ", fitting)}"
                : $"it fits nowhere below {MemoryEstimate.Told(Least())}: take a smaller model or smaller images"));

        long Least() =>
            Alternatives(work, onProcessor).Select(other => share(MemoryEstimate.Of(model, other.Work))).Append(wanted).Min();
    }

    // From what changes least to what changes most; the last is all of it together.
    private static IEnumerable<(string Told, MemoryWork Work)> Alternatives(MemoryWork work, bool onProcessor)
    {
        var trains = work.Trained > 0;
        for (var images = work.ImagesAtOnce / 2; images >= 1; images /= 2)
        {
            yield return ($"a micro-batch of {images}", work with { ImagesAtOnce = images });
        }
        if (trains && !work.Recompute)
        {
            yield return ("activations computed again", work with { Recompute = true });
        }
        if (!trains && !work.Tiles && work.Width * work.Height > MemoryEstimate.Tile * MemoryEstimate.Tile)
        {
            yield return ("decoding in tiles", work with { Tiles = true });
        }
        if (work.Type == ComputeType.Float32)
        {
            yield return ("bfloat16", work with { Type = ComputeType.BFloat16 });
        }
        if (!onProcessor && !work.TextsElsewhere)
        {
            yield return ("text encoders offloaded", work with { TextsElsewhere = true });
        }
        if (!onProcessor && !work.VaeElsewhere)
        {
            yield return ("the autoencoder offloaded", work with { VaeElsewhere = true });
        }
        yield return ("all of these together", work with
        {
            ImagesAtOnce = 1,
            Recompute = trains,
            Tiles = !trains,
            TextsElsewhere = !onProcessor,
            VaeElsewhere = !onProcessor,
            Type = work.Type == ComputeType.Float32 ? ComputeType.BFloat16 : work.Type,
        });
    }
}
