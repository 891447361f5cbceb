using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// Calls libtorch's operators by name: <c>Call("add.Tensor", a, b)</c> is <c>aten::add.Tensor(a, b)</c>, and what is left
/// out takes the schema's default. Names are literals: an operator is looked up by the string's identity.
/// </summary>
[SkipLocalsInit]
internal static unsafe class Dispatch
{
    private const int MaxResults = 8;
    private static readonly ConcurrentDictionary<string, nint> Operators = new(new ByIdentity());

    /// <summary>Calls an operator with one tensor as its result.</summary>
    /// <exception cref="ExternalException">libtorch refused; the message holds its own, the operator and the shapes.</exception>
    internal static Tensor Call(string name, params ReadOnlySpan<Value> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        Run(name, arguments, results);
        return new Tensor((nint)results->Bits);
    }

    /// <summary>Calls an operator that changes its first argument, and returns that argument.</summary>
    internal static Tensor CallInPlace(string name, params ReadOnlySpan<Value> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        Run(name, arguments, results);
        NativeMethods.Free((nint)results->Bits);
        return (Tensor)arguments[0].Reference!;
    }

    /// <summary>Calls an operator with two tensors as its result.</summary>
    internal static (Tensor, Tensor) CallPair(string name, params ReadOnlySpan<Value> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        Run(name, arguments, results);
        return (new Tensor((nint)results[0].Bits), new Tensor((nint)results[1].Bits));
    }

    /// <summary>Calls an operator with a list of tensors as its result.</summary>
    internal static Tensor[] CallList(string name, params ReadOnlySpan<Value> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        Run(name, arguments, results);
        return Tensors(*results);
    }

    /// <summary>Calls an operator with a truth value as its result.</summary>
    internal static bool CallBool(string name, params ReadOnlySpan<Value> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        Run(name, arguments, results);
        return results->Bits != 0;
    }

    /// <summary>Calls an operator with one number as its result.</summary>
    internal static Scalar CallScalar(string name, params ReadOnlySpan<Value> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        Run(name, arguments, results);
        return new Scalar(results->Tag, results->Bits);
    }

    internal static Tensor[] Tensors(NativeValue list)
    {
        var handles = new ReadOnlySpan<nint>((void*)list.Bits, list.Count);
        var tensors = new Tensor[list.Count];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = new Tensor(handles[i]);
        }
        NativeMethods.FreeList((nint)list.Bits);
        return tensors;
    }

    private static void Run(string name, ReadOnlySpan<Value> arguments, NativeValue* results)
    {
        if (!Operators.TryGetValue(name, out var op) || op == 0)
        {
            op = Find(name);
        }
        var produced = 0;
        var input = stackalloc NativeValue[arguments.Length];
        var scratch = stackalloc byte[Layout.ScratchSize];
        var layout = new Layout(input, scratch);
        try
        {
            layout.Write(arguments);
            var entered = NativeClock.Enter();
            var status = NativeMethods.Call(op, input, arguments.Length, results, MaxResults, &produced);
            NativeClock.Leave(entered);
            NativeMethods.Check(status);
        }
        finally
        {
            layout.Release(arguments);
        }
    }

    /// <summary>Whether this libtorch has an operator.</summary>
    internal static bool Has(string name) => Operators.GetOrAdd(name, missing => TryFind(missing, out var op) == 0 ? op : 0) != 0;

    private static nint Find(string name)
    {
        NativeMethods.Check(TryFind(name, out var op));
        return Operators.GetOrAdd(name, op);
    }

    private static int TryFind(string name, out nint op)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var (stem, overload) = dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..]);
        return NativeMethods.Operator("aten::" + stem, overload, out op);
    }

    private sealed class ByIdentity : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => ReferenceEquals(x, y);
        public int GetHashCode(string text) => RuntimeHelpers.GetHashCode(text);
    }
}
