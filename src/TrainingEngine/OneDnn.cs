using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine;

/// <summary>
/// Convolutions that are right on every processor. oneDNN 3.7.1, which libtorch 2.10 computes them with on the CPU, asks an AMD
/// processor for the sizes of its caches; where a virtual machine hides them it takes the first for one byte, and then loses the
/// last channels whenever their number is no multiple of a block: finite, wrong numbers and NaN, without an error.
/// </summary>
internal static partial class OneDnn
{
    private const uint CacheLeaf = 0x8000001D;

    /// <summary>Channels that oneDNN keeps together at most, and in the narrowest of layouts (one vector of 512 bits).</summary>
    private const long Block = 32, Vector = 16;

    /// <summary>Whether this processor is one of those.</summary>
    public static bool LosesChannels { get; } = IsAmd() && HidesCaches();

    /// <summary>Convolution of <paramref name="x"/> [N, C, H, W] with <paramref name="weight"/> [out, C, k, k] and a bias [out] or none; on
    /// such a processor over channels filled up with zeros.</summary>
    public static Tensor Convolve(Tensor x, Tensor weight, Tensor? bias, long stride = 1, long padding = 0)
    {
        var (outputs, inputs) = (weight.shape[0], weight.shape[1]);
        var (moreOutputs, moreInputs) = LosesChannels && !x.is_cuda ? (Missing(outputs), Missing(inputs)) : (0, 0);
        if (moreOutputs + moreInputs == 0)
        {
            return nn.functional.conv2d(x, weight, bias, strides: [stride, stride], padding: [padding, padding]);
        }

        using var scope = NewDisposeScope();
        var filled = nn.functional.conv2d(
            Filled(x, [0, 0, 0, 0, 0, moreInputs]), Filled(weight, [0, 0, 0, 0, 0, moreInputs, 0, moreOutputs]), bias is null ? null
                : Filled(bias, [0, moreOutputs]),
            strides: [stride, stride], padding: [padding, padding]);
        return scope.MoveToOuter(filled.narrow(1, 0, outputs));
    }

    /// <summary>Runs what convolves by itself (a script) without oneDNN on such a processor: slower, and right.</summary>
    public static T Without<T>(Func<T> work)
    {
        if (!LosesChannels)
        {
            return work();
        }

        SetEnabled(GlobalContext(), false);
        try
        {
            return work();
        }
        finally
        {
            SetEnabled(GlobalContext(), true);
        }
    }

    /// <summary>Leaves NNPACK out on such a processor: it wants to know the caches too, and says so with every convolution.</summary>
    public static void Prepare()
    {
        if (LosesChannels)
        {
            SetNnpackEnabled(GlobalContext(), false);
        }
    }

    private static long Missing(long channels) => channels <= Vector ? Vector - channels : (Block - channels % Block) % Block;

    private static Tensor Filled(Tensor tensor, long[] more) => nn.functional.pad(tensor, more);

    private static bool IsAmd() => X86Base.IsSupported && X86Base.CpuId(0, 0) is { Ebx: 0x68747541, Edx: 0x69746E65, Ecx: 0x444D4163 };

    // The type of the first cache; 0 where there is said to be none.
    private static bool HidesCaches() =>
        unchecked((uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax) >= CacheLeaf
            && (X86Base.CpuId(unchecked((int)CacheLeaf), 0).Eax & 0x1F) == 0;

    // TorchSharp lacks torch.backends.mkldnn and .nnpack; these are libtorch's own functions, none of which throws.
    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint GlobalContext();

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb")]
    private static partial void SetEnabled(nint context, [MarshalAs(UnmanagedType.U1)] bool enabled);

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    private static partial void SetNnpackEnabled(nint context, [MarshalAs(UnmanagedType.U1)] bool enabled);
}
