namespace TorchSharp;

public static partial class torch
{
    /// <summary>Modules compiled to TorchScript elsewhere.</summary>
    public static partial class jit
    {
        /// <summary>A TorchScript module: its code and its weights.</summary>
        public class ScriptModule : nn.Module
        {
            private const int MaxResults = 64;
            private nint handle;

            internal ScriptModule(nint handle) => this.handle = handle;

            public override bool training => NativeMethods.ScriptTraining(Live) != 0;

            public override void train(bool on = true) => NativeMethods.ScriptTrain(Live, on ? 1 : 0);

            public override void eval() => train(false);

            /// <summary>Calls the module.</summary>
            /// <param name="input">Tensors, numbers and truth values.</param>
            /// <returns>A tensor, a number as a <see cref="Scalar"/>, an array of tensors, or a tuple of two or three tensors.</returns>
            public object forward(params object[] input) => invoke("forward", input);

            public object call(params object[] input) => forward(input);

            /// <exception cref="System.Runtime.InteropServices.ExternalException">There is no such method, or it failed.</exception>
            public unsafe object invoke(string name, params object[] objs)
            {
                var arguments = Array.ConvertAll(objs, ValueOf);
                var input = stackalloc NativeValue[arguments.Length];
                var output = stackalloc NativeValue[MaxResults];
                var scratch = stackalloc byte[Layout.ScratchSize];
                var produced = 0;
                var layout = new Layout(input, scratch);
                try
                {
                    layout.Write(arguments);
                    NativeMethods.Check(NativeMethods.ScriptCall(Live, name, input, arguments.Length, output, MaxResults, &produced));
                }
                finally
                {
                    layout.Release(arguments);
                    GC.KeepAlive(this);
                }
                var results = new object[produced];
                for (var i = 0; i < produced; i++)
                {
                    results[i] = ObjectOf(output[i]);
                }
                return results switch
                {
                    [var one] => one,
                    [Tensor first, Tensor second] => (first, second),
                    [Tensor first, Tensor second, Tensor third] => (first, second, third),
                    _ => results.Cast<Tensor>().ToArray(),
                };
            }

            protected override void Dispose(bool disposing)
            {
                NativeMethods.ScriptFree(handle);
                handle = 0;
            }

            private nint Live
            {
                get
                {
                    ObjectDisposedException.ThrowIf(handle == 0, this);
                    return handle;
                }
            }

            private static Value ValueOf(object value) => value switch
            {
                Tensor tensor => tensor,
                Tensor[] tensors => tensors,
                Scalar scalar => scalar,
                bool truth => truth,
                int number => number,
                long number => number,
                float number => number,
                double number => number,
                _ => throw new ArgumentException($"A TorchScript module takes no {value.GetType().Name}."),
            };

            private static object ObjectOf(NativeValue value) => value.Tag switch
            {
                Tag.Tensor => new Tensor((nint)value.Bits),
                Tag.Tensors => Dispatch.Tensors(value),
                _ => new Scalar(value.Tag, value.Bits),
            };
        }

        /// <summary>A module of one argument.</summary>
        public class ScriptModule<T, TResult> : ScriptModule
        {
            internal ScriptModule(nint handle) : base(handle)
            {
            }

            public TResult call(T input) => forward(input);

            public TResult forward(T tensor) => (TResult)base.forward(tensor!);
        }

        /// <summary>A module of two arguments.</summary>
        public class ScriptModule<T1, T2, TResult> : ScriptModule
        {
            internal ScriptModule(nint handle) : base(handle)
            {
            }

            public TResult call(T1 input1, T2 input2) => forward(input1, input2);

            public TResult forward(T1 input1, T2 input2) => (TResult)base.forward(input1!, input2!);
        }
    }
}
