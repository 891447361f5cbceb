using static TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Views and copies of the same elements in another shape or order.</summary>
    public partial class Tensor
    {
        public Tensor view(params long[] shape) => Call("view", this, shape);
        public Tensor view_as(Tensor other) => Call("view_as", this, other);
        public Tensor reshape(params long[] shape) => Call("reshape", this, shape);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Call("flatten.using_ints", this, start_dim, end_dim);
        public Tensor unflatten(long dim, params long[] sizes) => Unflatten(dim, sizes);
        public Tensor permute(params long[] permutation) => Call("permute", this, permutation);
        public Tensor transpose(long dim0, long dim1) => Call("transpose.int", this, dim0, dim1);
        public Tensor t() => Call("t", this);
        public Tensor movedim(long[] source, long[] destination) => Call("movedim.intlist", this, source, destination);
        public Tensor expand(params long[] sizes) => Call("expand", this, sizes);
        public Tensor expand_as(Tensor other) => Call("expand_as", this, other);
        public Tensor broadcast_to(params long[] shape) => Call("broadcast_to", this, shape);
        public Tensor repeat(params long[] sizes) => Call("repeat", this, sizes);
        public Tensor tile(long[] reps) => Call("tile", this, reps);
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) => Call("repeat_interleave.self_int", this, repeats, dim, output_size);
        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) => Call("repeat_interleave.self_Tensor", this, repeats, dim, output_size);
        public Tensor unsqueeze(long dim) => Call("unsqueeze", this, dim);
        public Tensor unsqueeze_(long dim) => CallInPlace("unsqueeze_", this, dim);
        public Tensor squeeze(long? dim = null) => dim is { } one ? Call("squeeze.dim", this, one) : Call("squeeze", this);
        public Tensor[] chunk(long chunks, long dim = 0) => CallList("chunk", this, chunks, dim);
        public Tensor[] split(long size, int dim = 0) => CallList("split.Tensor", this, size, dim);
        public Tensor[] split(long[] sizes, long dim = 0) => CallList("split_with_sizes", this, sizes, dim);
        public Tensor[] unbind(long dimension = 0) => CallList("unbind.int", this, dimension);
        public Tensor select(long dim, long index) => Call("select.int", this, dim, index);
        public Tensor narrow(long dim, long start, long length) => Call("narrow", this, dim, start, length);
        public Tensor slice(long dim, long start, long finish, long step) => Call("slice.Tensor", this, dim, start, finish, step);
        public Tensor flip(params long[] dims) => Call("flip", this, dims);
        public Tensor roll(long shifts, long? dims = null) => dims is { } one ? roll([shifts], [one]) : Call("roll", this, new[] { shifts });
        public Tensor roll(long[] shifts) => Call("roll", this, shifts);
        public Tensor roll(long[] shifts, long[] dims) => Call("roll", this, shifts, dims);
        public Tensor unfold(long dimension, long size, long step) => Call("unfold", this, dimension, size, step);
        public Tensor contiguous() => Call("contiguous", this);
        public Tensor clone() => Call("clone", this);
        public Tensor detach() => Call("detach", this);
        public Tensor detach_() => CallInPlace("detach_", this);
        public Tensor alias() => Call("alias", this);
        public Tensor diag(long diagonal = 0) => Call("diag", this, diagonal);
        public Tensor tril(long diagonal = 0) => Call("tril", this, diagonal);
        public Tensor triu(long diagonal = 0) => Call("triu", this, diagonal);
        public Tensor gather(long dim, Tensor index) => Call("gather", this, dim, index);
        public Tensor index_select(long dim, Tensor index) => Call("index_select", this, dim, index);
        public Tensor masked_select(Tensor mask) => Call("masked_select", this, mask);
        public Tensor take(Tensor index) => Call("take", this, index);
        public Tensor nonzero() => Call("nonzero", this);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Call("scatter.src", this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => CallInPlace("scatter_.src", this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Call("scatter_add", this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => CallInPlace("scatter_add_", this, dim, index, src);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => CallInPlace("index_add_", this, dim, index, source, alpha);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => CallInPlace("index_copy_", this, dim, index, source);
    }
}
