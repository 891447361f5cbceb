using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Compute.Ranks;

/// <summary>A training in this process alone.</summary>
public sealed class SingleRank : IRanks
{
    private SingleRank()
    {
    }

    public static SingleRank Only { get; } = new();

    public int Rank => 0;

    public int Count => 1;

    public int OnMachine => 1;

    public int RankOnMachine => 0;

    public IReadOnlyList<T> Gather<T>(T value) => [value];

    public void Sum(IReadOnlyList<Tensor> tensors)
    {
    }

    public void Leave()
    {
    }

    public void Dispose()
    {
    }
}
