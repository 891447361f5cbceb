using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Weights;

/// <summary>Weights without values, which take no memory: to count what a model of some shape would take.</summary>
public sealed class ShapesOnly : WeightSource
{
    protected override Tensor Find(string path, long[] shape, Start start, long fanIn)
    {
        using var one = zeros([1]);
        return one.expand(shape);
    }

    /// <summary>Numbers of a model that is made of these.</summary>
    /// <param name="make">Makes it.</param>
    public static long NumbersOf(Action<WeightSource> make)
    {
        using var scope = NewDisposeScope();
        var source = new ShapesOnly();
        make(source);
        var numbers = source.Taken.Values.Sum(weight => weight.numel());
        foreach (var weight in source.Taken.Values)
        {
            weight.Dispose();
        }
        return numbers;
    }
}
