using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Training;

/// <summary>A U-Net of a few channels with random weights: every kind of layer, milliseconds a call.</summary>
internal static class TinyUNet
{
    public static readonly UNetConfig Config = new(
        InChannels: 4, OutChannels: 4, Channels: [8, 16], LayersPerBlock: 1, CrossAttention: [true, false], UpCrossAttention: [false, true],
        Heads: [2, 2], TransformerLayers: [1, 1], ContextWidth: 8, Groups: 4, Epsilon: 1e-5, LinearProjection: false, UpcastAttention: false, SampleSize: 8);

    public static UNet2DConditionModel Make(ulong seed = 1) => new(Config, new RandomWeights(seed));

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
