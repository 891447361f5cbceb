namespace TorchSharp;

public static partial class torch
{
    /// <summary>One position of an index: a number, a range, a mask, a tensor of numbers, a new dimension or an ellipsis.</summary>
    public readonly struct TensorIndex
    {
        private TensorIndex(Kind what, Tensor? tensor = null, long? start = null, long? stop = null, long? step = null)
        {
            What = what;
            Indices = tensor;
            Start = start;
            Stop = stop;
            Step = step;
        }

        internal enum Kind
        {
            Slice,
            Single,
            Tensor,
            Ellipsis,
            NewDimension,
        }

        internal Kind What { get; }
        internal Tensor? Indices { get; }
        internal long? Start { get; }
        internal long? Stop { get; }
        internal long? Step { get; }

        public static readonly TensorIndex Ellipsis = new(Kind.Ellipsis);
        public static readonly TensorIndex None = new(Kind.NewDimension);
        public static readonly TensorIndex Null = new(Kind.NewDimension);
        public static readonly TensorIndex Colon = new(Kind.Slice);

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, null, start, stop, step);

        public static TensorIndex Slice(Range range) =>
            new(Kind.Slice, null, Number(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : Number(range.End));

        public static TensorIndex Single(long? index) => new(Kind.Single, null, index);

        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Tensor, tensor);

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex(Range range) => Slice(range);
        public static implicit operator TensorIndex(Index index) => Single(Number(index));

        private static long Number(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
