namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch's. It is freed by <see cref="Dispose()"/>, by the dispose scope in which it was made,
    /// or at the latest by the garbage collector. Several tensors may share one storage (views).
    /// </summary>
    public partial class Tensor : IDisposable
    {
        internal TensorHandle handle;

        /// <summary>Takes over a native reference, and enters the thread's current dispose scope.</summary>
        internal Tensor(nint owned)
        {
            handle = new TensorHandle(owned);
            DisposeScope.Current?.Add(this);
        }

        /// <summary>Takes over another tensor's reference and its place in its scope; that tensor is left disposed.</summary>
        private protected Tensor(Tensor emptied)
        {
            handle = emptied.handle;
            emptied.handle = new TensorHandle(0);
            emptied.handle.Dispose();
            var scope = emptied.OwningScope;
            scope?.Remove(emptied);
            scope?.Add(this);
        }

        internal DisposeScope? OwningScope { get; set; }

        /// <summary>The place in the owning scope's list.</summary>
        internal int ScopeIndex { get; set; }

        public bool IsInvalid => handle.IsClosed || handle.IsInvalid;

        public DeviceType device_type => (DeviceType)Describe().DeviceType;

        public Device device
        {
            get
            {
                var description = Describe();
                return description.DeviceType == (int)DeviceType.CPU ? CPU : new Device((DeviceType)description.DeviceType, description.DeviceIndex);
            }
        }

        public ScalarType dtype => (ScalarType)Describe().Type;
        public bool is_cuda => device_type == DeviceType.CUDA;
        public long ndim => Describe().Dimensions;
        public long dim() => ndim;
        public long numel() => Describe().Elements;
        public long NumberOfElements => numel();
        public long element_size() => Describe().ElementSize;
        public long ElementSize => element_size();
        public long storage_offset() => Describe().StorageOffset;
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_integral() => torch.is_integral(dtype);
        public long[] shape => size();

        public unsafe long[] size()
        {
            var description = Describe();
            var sizes = new ReadOnlySpan<long>(description.Sizes, description.Dimensions).ToArray();
            GC.KeepAlive(this);
            return sizes;
        }

        /// <param name="dim">Counted from the end where it is negative.</param>
        /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
        public unsafe long size(int dim)
        {
            var description = Describe();
            var index = dim < 0 ? dim + description.Dimensions : dim;
            ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(dim));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, description.Dimensions, nameof(dim));
            var size = description.Sizes[index];
            GC.KeepAlive(this);
            return size;
        }

        public unsafe long[] stride()
        {
            var description = Describe();
            var strides = new ReadOnlySpan<long>(description.Strides, description.Strides is null ? 0 : description.Dimensions).ToArray();
            GC.KeepAlive(this);
            return strides;
        }

        public bool is_contiguous()
        {
            using var held = new Held(this);
            return NativeMethods.IsContiguous(held.Pointer) != 0;
        }

        public void Dispose() => Dispose(true);

        protected virtual void Dispose(bool disposing)
        {
            OwningScope?.Remove(this);
            handle.Dispose();
        }

        public override string ToString() =>
            IsInvalid ? "[disposed]" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";

        private Description Describe()
        {
            using var held = new Held(this);
            NativeMethods.Check(NativeMethods.Describe(held.Pointer, out var description));
            return description;
        }
    }

    /// <summary>Keeps a tensor from being freed while its pointer is in use.</summary>
    internal readonly ref struct Held
    {
        private readonly TensorHandle handle;

        /// <exception cref="ObjectDisposedException">The tensor was disposed of.</exception>
        internal Held(Tensor tensor)
        {
            handle = tensor.handle;
            var added = false;
            handle.DangerousAddRef(ref added);
        }

        internal nint Pointer => handle.DangerousGetHandle();

        public void Dispose() => handle.DangerousRelease();
    }
}
