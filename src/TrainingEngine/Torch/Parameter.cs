namespace TorchSharp.Modules
{
    /// <summary>A tensor that is trained.</summary>
    public class Parameter : torch.Tensor
    {
        /// <param name="data">A tensor, which is left disposed: the parameter takes over its memory and its place in a scope.</param>
        public Parameter(torch.Tensor data, bool requires_grad = true) : base(data.requires_grad_(requires_grad))
        {
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Makes a tensor one that is trained.</summary>
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
