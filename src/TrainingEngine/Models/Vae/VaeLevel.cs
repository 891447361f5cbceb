using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Vae;

/// <summary>Residual blocks of one size, then the change to the next size, where there is one.</summary>
internal sealed class VaeLevel(ResnetBlock[] resnets, Func<Tensor, Tensor>? resample)
{
    public Tensor Forward(Tensor x)
    {
        // Feature maps are the largest tensors of all: each is freed as soon as the next one is there.
        using var scope = NewDisposeScope();
        foreach (var resnet in resnets)
        {
            x = Next(x, resnet.Forward(x));
        }

        return scope.MoveToOuter(resample is null ? x : Next(x, resample(x)));

        Tensor Next(Tensor before, Tensor after)
        {
            if (scope.Contains(before))
            {
                before.Dispose();
            }

            return after;
        }
    }
}
