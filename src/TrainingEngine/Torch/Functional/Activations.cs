using TorchSharp.Modules;
using static TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Activations.</summary>
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_() : x.relu();
            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_() : x.silu();

            /// <summary>x Φ(x), exact (by erf).</summary>
            public static Tensor gelu(Tensor x) => Call("gelu", x);

            public static Tensor gelu(Tensor x, bool inplace) => gelu(x, GELU.Approximate.none, inplace);

            public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) =>
                inplace ? CallInPlace("gelu_", x, approximate.ToString()) : Call("gelu", x, approximate.ToString());

            public static Tensor sigmoid(Tensor x) => x.sigmoid();
            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_() : x.tanh();
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            /// <summary>log(sigmoid(x)), without overflow.</summary>
            public static Tensor logsigmoid(Tensor x) => Call("log_sigmoid", x);

            /// <summary>log(1 + exp(beta x)) / beta, and x itself where beta x is beyond the threshold.</summary>
            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Call("softplus", x, beta, threshold);

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                inplace ? CallInPlace("leaky_relu_", input, negative_slope) : Call("leaky_relu", input, negative_slope);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? CallInPlace("dropout_", input, p, training) : Call("dropout", input, p, training);
        }
    }
}
