using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Vae;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Pretraining;

/// <summary>Images of the model as it stands, always from the same noise, so that its progress can be looked at.</summary>
internal sealed class PretrainSheet(long seed, NoiseSchedule schedule, UnetTraining training, AutoencoderKL vae, double scale, Tensor ids)
{
    public const int Columns = 9;
    private const int Steps = 20;

    /// <summary>Nine images each of four texts: hands, two kinds of art and a mirror.</summary>
    public Picture[] Draw()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var averaged = training.EmaTrainer.Averaged();
        using var generator = new Generator(Streams.Seed(seed, Stream.Sheet, 0));
        var texts = (int)ids.shape[0] - 1;
        long[] rows = [.. new[] { 0, texts / 3, texts - 2, texts - 1 }.SelectMany(text => Enumerable.Repeat((long)text, Columns))];
        var text = new TextConditioning(training.Text.Forward(ids).Last.index_select(0, tensor(rows)));
        var side = training.Unet.Config.SampleSize;
        var latent = randn([rows.Length, training.Unet.Config.InChannels, side, side], generator: generator);
        var step = new DdimStep(schedule, Steps);
        foreach (var t in step.Timesteps)
        {
            var predicted = training.Unet.Forward(latent, tensor(new[] { (long)t }), text);
            latent = step.Next(step.Mean(latent, predicted, t), randn(latent.shape, generator: generator), t);
        }
        return Pixels.ToPictures(vae.Decode(latent / scale));
    }
}
