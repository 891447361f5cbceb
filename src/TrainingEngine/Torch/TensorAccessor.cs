using System.Collections;

namespace TorchSharp.Utils;

/// <summary>Reads and writes a tensor's elements on the CPU, in the order of their indices whatever the strides.</summary>
public sealed unsafe class TensorAccessor<T> : IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor tensor;

    internal TensorAccessor(torch.Tensor tensor) => this.tensor = tensor;

    public long Count => tensor.numel();

    /// <exception cref="IndexOutOfRangeException">An index lies outside its dimension, or there are too many or too few of them.</exception>
    public T this[params long[] indices]
    {
        get
        {
            var value = *At(indices);
            GC.KeepAlive(tensor);
            return value;
        }
        set
        {
            *At(indices) = value;
            GC.KeepAlive(tensor);
        }
    }

    /// <summary>All elements, in a new array.</summary>
    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        using var scope = torch.NewDisposeScope();
        var source = tensor.contiguous();
        var elements = new ReadOnlySpan<T>((T*)source.Readable<T>() + tensorIndex, checked((int)(Count - tensorIndex)));
        elements.CopyTo(array[arrayIndex..]);
        GC.KeepAlive(source);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    /// <exception cref="InvalidOperationException">The tensor is not contiguous.</exception>
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        if (!tensor.is_contiguous())
        {
            throw new InvalidOperationException("CopyFrom needs a contiguous tensor.");
        }
        var room = new Span<T>((T*)tensor.Readable<T>() + tensorIndex, checked((int)(Count - tensorIndex)));
        array[arrayIndex..].CopyTo(room);
        GC.KeepAlive(tensor);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T* At(long[] indices)
    {
        var sizes = tensor.shape;
        var strides = tensor.stride();
        if (indices.Length == 1 && sizes.Length != 1)
        {
            indices = Unravel(indices[0], sizes);
        }
        var offset = 0L;
        for (var i = 0; i < sizes.Length; i++)
        {
            if (indices.Length != sizes.Length || indices[i] < 0 || indices[i] >= sizes[i])
            {
                throw new IndexOutOfRangeException($"There is no element [{string.Join(", ", indices)}] in a tensor of shape [{string.Join(", ", sizes)}].");
            }
            offset += indices[i] * strides[i];
        }
        return (T*)tensor.Readable<T>() + offset;
    }

    /// <summary>A single index counts through the elements of any shape.</summary>
    private static long[] Unravel(long index, long[] sizes)
    {
        var indices = new long[sizes.Length];
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            indices[i] = sizes[i] == 0 ? -1 : index % sizes[i];
            index /= Math.Max(1, sizes[i]);
        }
        return index == 0 ? indices : [-1];
    }
}
