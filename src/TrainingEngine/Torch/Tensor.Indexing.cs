using System.Runtime.CompilerServices;
using static TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Parts of a tensor by index. Numbers and ranges give views, tensors of indices and masks give copies.</summary>
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, TensorIndex.Single(i1));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => index_put_(value, i1, i2);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(i1, i2, i3);
            set => index_put_(value, i1, i2, i3);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(i1, i2, i3, i4);
            set => index_put_(value, i1, i2, i3, i4);
        }

        public Tensor index(params Tensor[] indices) => Call("index.Tensor", this, Value.Optional(indices));

        public Tensor index(params TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            var (view, tensors) = Basic(indices);
            var result = tensors is null ? view : Call("index.Tensor", view, Value.Optional(tensors));
            return ReferenceEquals(result, this) ? Call("alias", this).MoveToOuterDisposeScope() : result.MoveToOuterDisposeScope();
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            CallInPlace("index_put_", this, Value.Optional(indices), value, accumulate);

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            var (view, tensors) = Basic(indices);
            if (tensors is null)
            {
                view.copy_(value);
            }
            else
            {
                CallInPlace("index_put_", view, Value.Optional(tensors), value);
            }
            return this;
        }

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            return index_put_(Call("scalar_tensor", value, dtype, Value.None, device), indices);
        }

        /// <summary>Applies numbers, ranges and new dimensions as views; what is left are the tensors for each dimension, if any.</summary>
        private (Tensor View, Tensor?[]? Tensors) Basic(TensorIndex[] indices)
        {
            var view = this;
            List<Tensor?>? tensors = null;
            var dimension = 0;
            for (var i = 0; i < indices.Length; i++)
            {
                var index = indices[i];
                switch (index.What)
                {
                    case TensorIndex.Kind.Single:
                        view = view.select(dimension, index.Start ?? 0);
                        break;
                    case TensorIndex.Kind.Slice:
                        view = Call("slice.Tensor", view, dimension++, index.Start, index.Stop, index.Step ?? 1);
                        break;
                    case TensorIndex.Kind.NewDimension:
                        view = view.unsqueeze(dimension++);
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        dimension = (int)view.ndim - indices[(i + 1)..].Sum(Consumed);
                        break;
                    default:
                        tensors ??= [];
                        tensors.AddRange(Enumerable.Repeat<Tensor?>(null, dimension - tensors.Count));
                        tensors.Add(index.Indices);
                        dimension += Consumed(index);
                        break;
                }
            }
            return (view, tensors?.ToArray());
        }

        /// <summary>How many dimensions of the tensor an index stands for.</summary>
        private static int Consumed(TensorIndex index) => index.What switch
        {
            TensorIndex.Kind.NewDimension or TensorIndex.Kind.Ellipsis => 0,
            TensorIndex.Kind.Tensor when index.Indices!.dtype == ScalarType.Bool => (int)index.Indices.ndim,
            _ => 1,
        };
    }
}
