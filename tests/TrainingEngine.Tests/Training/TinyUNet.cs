using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Training;

/// <summary>The U-Net of <see cref="TinyModel"/> by itself: every kind of layer, milliseconds a call.</summary>
internal static class TinyUNet
{
    public static UNet2DConditionModel Make(ulong seed = 1) => new(TinyModel.Unet, new RandomWeights(seed));

    /// <summary>The answer for two fixed latents.</summary>
    public static float[] Answer(UNet2DConditionModel unet)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var generator = new Generator(7);
        return unet.Forward(
            randn([2, 4, 8, 8], generator: generator), tensor([500L]), new TextConditioning(randn([2, 5, 8], generator: generator))).data<float>().ToArray();
    }
}
