namespace TorchSharp;

public static partial class torch
{
    /// <summary>Nothing is tracked on this thread until the result is disposed of.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => NativeMethods.GradEnabled() != 0;

    private sealed class GradMode : IDisposable
    {
        private readonly int before = NativeMethods.GradEnabled();

        internal GradMode(bool enabled) => NativeMethods.SetGradEnabled(enabled ? 1 : 0);

        public void Dispose() => NativeMethods.SetGradEnabled(before);
    }

    /// <summary>Runs of the autograd engine.</summary>
    public static unsafe class autograd
    {
        /// <summary>Adds the gradients of the tensors to the leaves, or to <paramref name="inputs"/> alone.</summary>
        /// <param name="grad_tensors">The gradients of the tensors themselves; needed where one is not a scalar.</param>
        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            using var outputs = new HeldList(tensors);
            using var gradients = new HeldList(grad_tensors);
            using var leaves = new HeldList(inputs);
            fixed (nint* o = outputs.Pointers, g = gradients.Pointers, l = leaves.Pointers)
            {
                NativeMethods.Check(NativeMethods.Backward(o, outputs.Count, g, gradients.Count, l, leaves.Count,
                    (retain_graph ?? create_graph) ? 1 : 0, create_graph ? 1 : 0));
            }
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        /// <summary>The gradients of the sum of <paramref name="outputs"/> for each input, without touching any leaf.</summary>
        /// <param name="allow_unused">An input that the outputs do not depend on gives null instead of an error.</param>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            using var from = new HeldList(outputs);
            using var to = new HeldList(inputs);
            using var given = new HeldList(grad_outputs);
            var results = new nint[to.Count];
            fixed (nint* f = from.Pointers, t = to.Pointers, g = given.Pointers, r = results)
            {
                NativeMethods.Check(NativeMethods.Gradients(f, from.Count, t, to.Count, g, given.Count,
                    retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, r));
            }
            return Array.ConvertAll(results, handle => handle == 0 ? null! : new Tensor(handle));
        }
    }

    /// <summary>Keeps a list of tensors from being freed while their pointers are in use.</summary>
    private sealed class HeldList : IDisposable
    {
        private readonly IList<Tensor> tensors;

        internal HeldList(IList<Tensor>? list)
        {
            tensors = list ?? [];
            Pointers = new nint[tensors.Count];
            try
            {
                for (; Count < Pointers.Length; Count++)
                {
                    var added = false;
                    tensors[Count].handle.DangerousAddRef(ref added);
                    Pointers[Count] = tensors[Count].handle.DangerousGetHandle();
                }
            }
            catch (ObjectDisposedException)
            {
                Dispose();
                throw;
            }
        }

        internal nint[] Pointers { get; }
        internal int Count { get; private set; }

        public void Dispose()
        {
            for (var i = 0; i < Count; i++)
            {
                tensors[i].handle.DangerousRelease();
            }
        }
    }
}
