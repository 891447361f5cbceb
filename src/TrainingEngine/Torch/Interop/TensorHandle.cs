using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>One owned reference to a tensor of libtorch's.</summary>
internal sealed class TensorHandle : SafeHandle
{
    internal TensorHandle(nint tensor) : base(0, ownsHandle: true) => SetHandle(tensor);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        var entered = NativeClock.Enter();
        NativeMethods.Free(handle);
        NativeClock.Leave(entered);
        return true;
    }
}
