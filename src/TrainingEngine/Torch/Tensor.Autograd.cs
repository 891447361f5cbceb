namespace TorchSharp;

public static partial class torch
{
    /// <summary>What autograd keeps of a tensor.</summary>
    public partial class Tensor
    {
        public bool requires_grad
        {
            get
            {
                using var held = new Held(this);
                return NativeMethods.RequiresGrad(held.Pointer) != 0;
            }
            set
            {
                using var held = new Held(this);
                NativeMethods.Check(NativeMethods.SetRequiresGrad(held.Pointer, value ? 1 : 0));
            }
        }

        /// <summary>The gradient accumulated so far, as a tensor of its own on the same memory; null where there is none.</summary>
        public Tensor? grad
        {
            get
            {
                using var held = new Held(this);
                NativeMethods.Check(NativeMethods.Grad(held.Pointer, out var gradient));
                return gradient == 0 ? null : new Tensor(gradient);
            }
            set
            {
                using var held = new Held(this);
                if (value is null)
                {
                    NativeMethods.Check(NativeMethods.SetGrad(held.Pointer, 0));
                    return;
                }
                using var gradient = new Held(value);
                NativeMethods.Check(NativeMethods.SetGrad(held.Pointer, gradient.Pointer));
            }
        }

        /// <summary>Made by the program, not by an operation that is tracked.</summary>
        public bool is_leaf
        {
            get
            {
                using var held = new Held(this);
                NativeMethods.Check(NativeMethods.IsLeaf(held.Pointer, out var leaf));
                return leaf != 0;
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Keeps the gradient of a tensor that is not a leaf.</summary>
        public void retain_grad()
        {
            using var held = new Held(this);
            NativeMethods.Check(NativeMethods.RetainGrad(held.Pointer));
        }

        /// <summary>Adds the gradients of this scalar to the leaves that it was computed from.</summary>
        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
