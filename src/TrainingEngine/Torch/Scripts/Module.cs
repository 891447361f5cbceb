namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A network with weights of its own.</summary>
        public abstract class Module : IDisposable
        {
            ~Module() => Dispose(false);

            /// <summary>In training, layers such as dropout are active.</summary>
            public virtual bool training => false;

            public virtual void train(bool train = true)
            {
            }

            public virtual void eval() => train(false);

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
            }
        }
    }
}
