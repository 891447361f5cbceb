using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>What a <see cref="NativeValue"/> or <see cref="Value"/> holds; the numbers of binding.h.</summary>
internal enum Tag
{
    Default = 0,
    None = 1,
    Tensor = 2,
    Tensors = 3,
    OptionalTensors = 4,
    Int = 5,
    Ints = 6,
    Double = 7,
    Doubles = 8,
    Bool = 9,
    String = 10,
    Device = 11,
    Generator = 12,
}

/// <summary>One argument or result as the native side lays it out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    internal Tag Tag;
    internal int Count;
    internal long Bits;
}

/// <summary>What a tensor is, read in one call. Sizes and strides lie inside the tensor.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Description
{
    internal long* Sizes;
    internal long* Strides;
    internal long Elements;
    internal long ElementSize;
    internal long StorageOffset;
    internal int Dimensions;
    internal int Type;
    internal int DeviceType;
    internal int DeviceIndex;
}
