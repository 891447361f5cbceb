using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Work on parameters.</summary>
        public static class utils
        {
            /// <summary>Scales the gradients so that the norm of all of them together is at most <paramref name="max_norm"/>.</summary>
            /// <returns>The norm before.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var scope = NewDisposeScope();
                using var untracked = no_grad();
                var gradients = tensors.Select(tensor => tensor.grad).OfType<Tensor>().ToArray();
                if (gradients.Length == 0)
                {
                    return 0;
                }
                var norms = Array.ConvertAll(gradients, gradient => Dispatch.Call("linalg_vector_norm", gradient, norm_type).to(gradients[0].device));
                var norm = Dispatch.Call("linalg_vector_norm", stack(norms), norm_type).ToScalar().ToDouble();
                var factor = max_norm / (norm + 1e-6);
                if (factor < 1)
                {
                    Array.ForEach(gradients, gradient => gradient.mul_(factor));
                }
                return norm;
            }
        }
    }
}
