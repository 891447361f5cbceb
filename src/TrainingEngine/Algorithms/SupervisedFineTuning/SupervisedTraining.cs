using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;

/// <summary>
/// Supervised fine-tuning (mirror report, equation 2): the mean squared error of the predicted noise on curated images
/// with captions, the learning rate warmed up from 0, evaluation images every so many steps.
/// </summary>
public static class SupervisedTraining
{
    /// <summary>Learns from a set of images.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="images">The set; brought to the model's size.</param>
    /// <param name="options">Settings.</param>
    /// <param name="trained">What is trained.</param>
    /// <param name="place">Where and how; evaluations go into its folder <c>evaluation</c>: pictures, and the adapter that made
    /// them.</param>
    /// <param name="stop">Stops it, after a checkpoint.</param>
    public static TrainingResult Run(
        StableDiffusion model, IReadOnlyList<CaptionedImage> images, SupervisedOptions options, TrainedPart trained, RunOptions place,
            CancellationToken stop = default)
    {
        options.Validate();
        using var texts = LoraAdapter.LoadTexts(model, trained.From);
        var side = (int)(model.Denoiser.SampleSize * model.Vae.Config.Factor);
        var latents = CleanLatents.OfPictures(model, images.Select(image => (CaptionedFolder.Open(image, side), image.Caption)), stop);
        var data = images.Select(image => new { Content = ContentHash.OfFile(image.File), image.Caption });
        var evaluation = new SupervisedEvaluation(
            model, [.. images.Select(image => image.Caption).Distinct()], options, Path.Combine(place.Output, "evaluation"),
                trained is TrainedPart.Adapter, stop);
        return DenoisingTraining.Run(
            model, "supervised", latents, [.. images.Select(_ => 1.0)], data, options, trained, place, stop, evaluation.After);
    }
}
