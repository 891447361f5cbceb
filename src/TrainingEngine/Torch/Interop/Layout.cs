using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// Lays arguments out for one native call. Lists and strings go into a scratch buffer on the caller's stack, and onto the
/// heap when it is full; every tensor is held until <see cref="Release"/>, so that no other thread can free it meanwhile.
/// </summary>
internal unsafe ref struct Layout(NativeValue* output, byte* scratch)
{
    internal const int ScratchSize = 512;
    private int used;
    private int held;
    private List<nint>? heap;

    internal void Write(ReadOnlySpan<Value> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            ref readonly var value = ref arguments[i];
            output[i] = new NativeValue { Tag = value.Tag, Bits = value.Bits };
            switch (value.Tag)
            {
                case Tag.Tensor:
                    output[i].Bits = Hold(Unsafe.As<Tensor>(value.Reference!).handle);
                    break;
                case Tag.Tensors:
                case Tag.OptionalTensors:
                    WriteTensors((Tensor?[])value.Reference!, ref output[i]);
                    break;
                case Tag.Ints:
                    Copy(MemoryMarshal.AsBytes<long>((long[])value.Reference!), ((long[])value.Reference!).Length, ref output[i]);
                    break;
                case Tag.Doubles:
                    Copy(MemoryMarshal.AsBytes<double>((double[])value.Reference!), ((double[])value.Reference!).Length, ref output[i]);
                    break;
                case Tag.String:
                    var text = Encoding.UTF8.GetBytes((string)value.Reference!);
                    Copy(text, text.Length, ref output[i]);
                    break;
                case Tag.Generator:
                    output[i].Bits = ((Generator)value.Reference!).Live;
                    break;
            }
        }
    }

    internal void Release(ReadOnlySpan<Value> arguments)
    {
        foreach (ref readonly var value in arguments)
        {
            if (value.Tag == Tag.Tensor && held > 0)
            {
                held--;
                Unsafe.As<Tensor>(value.Reference!).handle.DangerousRelease();
            }
            else if (value.Reference is Tensor?[] tensors)
            {
                foreach (var tensor in tensors)
                {
                    if (held > 0 && tensor is not null)
                    {
                        held--;
                        tensor.handle.DangerousRelease();
                    }
                }
            }
            else if (value.Tag == Tag.Generator)
            {
                GC.KeepAlive(value.Reference);
            }
        }
        for (var i = 0; i < (heap?.Count ?? 0); i++)
        {
            NativeMemory.Free((void*)heap![i]);
        }
    }

    private nint Hold(TensorHandle handle)
    {
        var added = false;
        handle.DangerousAddRef(ref added);
        held++;
        return handle.DangerousGetHandle();
    }

    private void WriteTensors(Tensor?[] tensors, ref NativeValue target)
    {
        var handles = (nint*)Reserve(tensors.Length * sizeof(nint));
        for (var i = 0; i < tensors.Length; i++)
        {
            handles[i] = tensors[i] is { } tensor ? Hold(tensor.handle) : 0;
        }
        target.Count = tensors.Length;
        target.Bits = (nint)handles;
    }

    private void Copy(ReadOnlySpan<byte> bytes, int count, ref NativeValue target)
    {
        var place = Reserve(bytes.Length);
        bytes.CopyTo(new Span<byte>(place, bytes.Length));
        target.Count = count;
        target.Bits = (nint)place;
    }

    private byte* Reserve(int size)
    {
        if (used + size <= ScratchSize)
        {
            var place = scratch + used;
            used += (size + 7) & ~7;
            return place;
        }
        var block = (byte*)NativeMemory.Alloc((nuint)size);
        (heap ??= []).Add((nint)block);
        return block;
    }
}
