using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine;

/// <summary>What TorchSharp lacks or does differently from what this engine needs; everything else is its ordinary interface.</summary>
internal static unsafe partial class TorchExtensions
{
    private const int Chunk = 1 << 26;

    /// <summary>Fills a contiguous CPU tensor with bytes from a stream; spans alone end at 2 GiB.</summary>
    public static void Fill(Tensor tensor, Stream source)
    {
        using var scope = NewDisposeScope();
        foreach (var piece in Pieces(tensor))
        {
            source.ReadExactly(piece.bytes);
        }
    }

    /// <summary>Copies a tensor's bytes to a stream, in the order of its indices.</summary>
    public static void Copy(Tensor tensor, Stream target)
    {
        using var scope = NewDisposeScope();
        foreach (var piece in Pieces(tensor.detach().cpu().contiguous()))
        {
            target.Write(piece.bytes);
        }
    }

    /// <summary>Rows of <paramref name="weight"/> [count, width] at int64 indices of any shape; its gradient is dense.</summary>
    public static Tensor Embedding(Tensor indices, Tensor weight) =>
        weight.index_select(0, indices.reshape(-1)).reshape([.. indices.shape, weight.shape[1]]);

    /// <summary>softmax(Q Kᵀ / √d) V over [N, heads, L, d], by libtorch's fused kernels, which never hold all scores at once.</summary>
    /// <param name="query">[N, heads, L, d].</param>
    /// <param name="key">[N, heads, S, d].</param>
    /// <param name="value">[N, heads, S, d].</param>
    /// <param name="upcast">Scores and softmax in float32 (Stable Diffusion 2.1).</param>
    /// <param name="mask">Added to the scores, [L, S].</param>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, bool upcast = false, Tensor? mask = null)
    {
        if (!upcast || query.dtype == ScalarType.Float32)
        {
            return nn.functional.scaled_dot_product_attention(query, key, value, mask);
        }
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(nn.functional.scaled_dot_product_attention(
            query.to(ScalarType.Float32), key.to(ScalarType.Float32), value.to(ScalarType.Float32), mask).to(value.dtype));
    }

    /// <summary>How many threads one operator of the calling thread uses.</summary>
    public static void SetThreads(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        set_num_threads(count);
    }

    /// <summary>
    /// Waiting threads sleep instead of spinning: the engine shares its machine with the web application, where two
    /// spinning threads make a convolution ten times slower. OpenMP reads this when it is loaded, so it is set before.
    /// </summary>
    internal static void WaitPassively() => setenv("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);

    private static IEnumerable<Tensor> Pieces(Tensor tensor)
    {
        var flat = tensor.view(-1);
        var most = Chunk / tensor.ElementSize;
        for (var at = 0L; at < flat.shape[0]; at += most)
        {
            yield return flat.narrow(0, at, Math.Min(most, flat.shape[0] - at));
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
