using static TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Attention.</summary>
        public static partial class functional
        {
            /// <summary>softmax(query keyᵀ / √features + mask) value, for query (…, T, features), key and value (…, S, features).</summary>
            /// <param name="attn_mask">Added to the scores, or true where a query may see a key.</param>
            /// <param name="p">Dropout of the weights.</param>
            /// <param name="is_casual">Causal: no query sees a later key.</param>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false)
            {
                if (Has("scaled_dot_product_attention"))
                {
                    return Call("scaled_dot_product_attention", query, key, value, attn_mask, p, is_casual);
                }
                var (output, weights) = CallPair("_scaled_dot_product_attention", query, key, value, attn_mask, p, false, is_casual);
                weights.Dispose();
                return output;
            }
        }
    }
}
