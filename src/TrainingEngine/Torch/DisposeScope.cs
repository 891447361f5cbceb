namespace TorchSharp;

public static partial class torch
{
    /// <summary>The innermost open scope of this thread.</summary>
    public static DisposeScope? CurrentDisposeScope => DisposeScope.Current;

    /// <summary>Opens a scope: tensors made by this thread until it is disposed of are freed with it, unless moved out.</summary>
    public static DisposeScope NewDisposeScope() => new();

    public partial class Tensor
    {
        /// <summary>Hands the tensor to the scope around its own; without one it belongs to the caller.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of its scope: the caller frees it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningScope?.Remove(this);
            return this;
        }

        /// <summary>Hands the tensor to the scope that owns <paramref name="other"/>.</summary>
        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            OwningScope?.Remove(this);
            other?.Add(this);
            return this;
        }
    }
}

/// <summary>Owns tensors and frees them together. A scope belongs to the thread that opened it.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? current;

    private readonly DisposeScope? outer;
    private List<torch.Tensor> tensors = [];
    private bool disposed;

    internal DisposeScope()
    {
        outer = current;
        current = this;
    }

    /// <summary>The innermost scope that is still open.</summary>
    internal static DisposeScope? Current
    {
        get
        {
            while (current is { disposed: true } closed)
            {
                current = closed.outer;
            }
            return current;
        }
    }

    public int DisposablesCount => tensors.Count;

    public bool Contains(IDisposable disposable) => disposable is torch.Tensor tensor && tensor.OwningScope == this;

    /// <summary>Takes ownership of a tensor that was made elsewhere.</summary>
    public void Attach(IDisposable disposable)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var tensor = TensorOf(disposable);
        tensor.OwningScope?.Remove(tensor);
        Add(tensor);
    }

    /// <summary>Takes a tensor out of this scope: the caller frees it.</summary>
    public T Detach<T>(T disposable) where T : IDisposable => MoveToOther(null, disposable);

    /// <summary>Hands a tensor of this scope to the one around it; without one it belongs to the caller.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(Outer, disposable);

    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var tensor = TensorOf(disposable);
        if (tensor.OwningScope == this)
        {
            Remove(tensor);
            scope?.Add(tensor);
        }
        return disposable;
    }

    /// <summary>Frees the scope's tensors now, and leaves it open.</summary>
    public void DisposeEverything()
    {
        var doomed = tensors;
        tensors = [];
        foreach (var tensor in doomed)
        {
            tensor.OwningScope = null;
            tensor.Dispose();
        }
    }

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }
        DisposeEverything();
        disposed = true;
    }

    private DisposeScope? Outer
    {
        get
        {
            var scope = outer;
            while (scope is { disposed: true })
            {
                scope = scope.outer;
            }
            return scope;
        }
    }

    internal void Add(torch.Tensor tensor)
    {
        tensor.OwningScope = this;
        tensor.ScopeIndex = tensors.Count;
        tensors.Add(tensor);
    }

    /// <summary>The last tensor takes the place of the one that goes.</summary>
    internal void Remove(torch.Tensor tensor)
    {
        var last = tensors[^1];
        tensors[tensor.ScopeIndex] = last;
        last.ScopeIndex = tensor.ScopeIndex;
        tensors.RemoveAt(tensors.Count - 1);
        tensor.OwningScope = null;
    }

    private static torch.Tensor TensorOf(IDisposable disposable) =>
        disposable as torch.Tensor ?? throw new InvalidOperationException("A dispose scope can hold tensors only.");
}
