using Labeler.Shared.Memory;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Compute;

/// <summary>
/// The rules of computing in a narrow type, in one place. Matrices and convolutions multiply in the type of the model's weights. In
/// float32 are: norms, the squares of RMS norms, softmax (libtorch's attention kernels take it so), guidance, steps and their
/// log-probabilities, schedules, losses, sums of gradients, the optimizer and the weights that it moves; a trained weight is rounded
/// to the type that it is multiplied in, and keeps its own. In float32 nothing of this changes a bit.
/// </summary>
internal static class MixedPrecision
{
    /// <summary>Deviation of a log-ratio from 0 that numbers of 8 or 11 bits explain: they give other log-probabilities in other
    /// batches.</summary>
    public const double NarrowRatioTolerance = 0.05;

    /// <summary>Whether a type has fewer bits than float32.</summary>
    public static bool IsNarrow(ScalarType type) => type is ScalarType.BFloat16 or ScalarType.Float16;

    /// <summary>As an estimate of memory has it.</summary>
    public static ComputeType Of(ScalarType type) => type switch
    {
        ScalarType.BFloat16 => ComputeType.BFloat16,
        ScalarType.Float16 => ComputeType.Float16,
        _ => ComputeType.Float32,
    };

    /// <summary>What must be in float32.</summary>
    public static Tensor Wide(Tensor x) => x.to(ScalarType.Float32);

    /// <summary>Computes in float32 and rounds the result to the type of <paramref name="x"/>.</summary>
    public static Tensor InWide(Tensor x, Func<Tensor, Tensor> work)
    {
        if (!IsNarrow(x.dtype))
        {
            return work(x);
        }
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(work(Wide(x)).to(x.dtype));
    }

    /// <summary>A norm's weight or bias for numbers in float32, where those of the norm itself are narrow.</summary>
    public static Tensor? WideLike(Tensor? weight, Tensor x) => weight is null || weight.dtype == x.dtype ? weight : weight.to(x.dtype);

    /// <summary>A trained weight in the type that <paramref name="x"/> is multiplied in; gradients reach the weight in its own.</summary>
    public static Tensor Multiplied(Tensor weight, Tensor x) => weight.dtype == x.dtype ? weight : weight.to(x.dtype);

    /// <summary>The type of an autoencoder where the rest of its model has <paramref name="wanted"/>.</summary>
    /// <param name="wanted">Of the rest.</param>
    /// <param name="overflows">Whether its numbers are larger than float16's largest.</param>
    public static ScalarType OfAutoencoder(ScalarType wanted, bool overflows) =>
        wanted == ScalarType.Float16 && overflows ? ScalarType.Float32 : wanted;

    /// <summary>Largest deviation of a log-ratio from 0 before the first update.</summary>
    /// <param name="asked">In float32.</param>
    /// <param name="types">That sampled and that train.</param>
    public static double RatioTolerance(double asked, params ScalarType[] types) =>
        types.Any(IsNarrow) ? Math.Max(asked, NarrowRatioTolerance) : asked;

    /// <summary>Refuses the type that gradients vanish in.</summary>
    /// <exception cref="EngineException">It is float16.</exception>
    public static void RequireTrainable(ScalarType type)
    {
        if (type == ScalarType.Float16)
        {
            throw new EngineException("training in float16 is not possible: its gradients fall below the smallest number of that type; "
                + "take bfloat16, which takes as little memory, or float32");
        }
    }
}
