using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Lora;

/// <summary>Adapter files of one branch, in any names, and what a branch adds to its layer's weight.</summary>
internal static class BranchFile
{
    /// <summary>Halves of rank <paramref name="rank"/> for a linear layer.</summary>
    public static (Tensor Down, Tensor Up) Halves(long[] weight, long rank, ulong seed = 3)
    {
        using var generator = new Generator(seed);
        return (randn([rank, .. weight[1..]], generator: generator), randn([weight[0], rank, .. weight[2..].Select(_ => 1L)], generator: generator));
    }

    /// <summary>Writes a file of the given tensors.</summary>
    public static string Write(TemporaryFolder folder, Dictionary<string, string>? metadata, params (string Key, Tensor Tensor)[] tensors)
    {
        var path = folder.File("adapter.safetensors");
        SafeTensors.Write(path, tensors.ToDictionary(pair => pair.Key, pair => pair.Tensor), metadata);
        return path;
    }

    /// <summary>scale · up · down, [out, in · k · k].</summary>
    public static Tensor Delta(LoraTensors branch) =>
        branch.Up.reshape(branch.Up.shape[0], -1).matmul(branch.Down.reshape(branch.Down.shape[0], -1)) * branch.Scale;

    /// <summary>The same deltas of the same layers.</summary>
    public static void AssertSame(IReadOnlyDictionary<string, LoraTensors> expected, IReadOnlyDictionary<string, LoraTensors> actual, double tolerance = 0)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, pair => Assert.InRange((Delta(pair.Value) - Delta(actual[pair.Key])).abs().max().item<float>(), 0, tolerance));
    }
}
