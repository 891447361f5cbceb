using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion.Flow;

/// <summary>A flow model's way from an image to noise (arXiv 2210.02747): straight.</summary>
public static class FlowNoising
{
    /// <summary>(1 − σ)·image + σ·noise, with a share of noise for each row.</summary>
    public static Tensor Noised(Tensor images, Tensor noise, IReadOnlyList<float> shares)
    {
        using var scope = NewDisposeScope();
        float[] values = [.. shares];
        var sigma = tensor(values, [values.Length, .. Enumerable.Repeat(1L, (int)images.dim() - 1)], device: images.device);
        return ((sigma * noise) + ((1 - sigma) * images)).MoveToOuterDisposeScope();
    }

    /// <summary>What the model is to predict: noise − image.</summary>
    public static Tensor Velocity(Tensor images, Tensor noise) => noise - images;
}
