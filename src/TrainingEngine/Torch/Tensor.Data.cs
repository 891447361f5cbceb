using System.Runtime.InteropServices;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The values of a tensor, seen from .NET.</summary>
    public partial class Tensor
    {
        /// <summary>The one value of a tensor with one element.</summary>
        /// <exception cref="ArgumentException">There is not exactly one element, or it is of another type.</exception>
        public unsafe T item<T>() where T : unmanaged
        {
            if (numel() != 1)
            {
                throw new ArgumentException($"item() needs one element; this tensor is {this}.");
            }
            var value = *(T*)Readable<T>();
            GC.KeepAlive(this);
            return value;
        }

        /// <summary>The one value of a tensor with one element, on any device.</summary>
        public Scalar ToScalar() => Dispatch.CallScalar("item", this);

        /// <summary>Reads and writes the elements in the order of their indices.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the element type.</exception>
        /// <exception cref="InvalidOperationException">The tensor is not on the CPU.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            Readable<T>();
            return new TensorAccessor<T>(this);
        }

        /// <summary>The memory of a contiguous tensor on the CPU; valid while the tensor is.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_contiguous())
                {
                    throw new InvalidOperationException("bytes needs a contiguous tensor; call contiguous() first.");
                }
                return new Span<byte>((void*)Address(), checked((int)(numel() * element_size())));
            }
            set
            {
                var target = bytes;
                if (value.Length != target.Length)
                {
                    throw new ArgumentException($"{value.Length} bytes given for a tensor of {target.Length}.");
                }
                value.CopyTo(target);
            }
        }

        internal nint Readable<T>() where T : unmanaged
        {
            if (TypeOf<T>() != dtype)
            {
                throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}.");
            }
            return Address();
        }

        private nint Address()
        {
            if (device_type != DeviceType.CPU)
            {
                throw new InvalidOperationException("Values can be read on the CPU only; call cpu() first.");
            }
            using var held = new Held(this);
            NativeMethods.Check(NativeMethods.Data(held.Pointer, out var data));
            return data;
        }
    }
}
