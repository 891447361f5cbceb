using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The functions of Native/. Those that return <c>int</c> as a status give 0 on success; see <see cref="Check"/>.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "labeler_torch";

    [LibraryImport(Library, EntryPoint = "labeler_torch_operator", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Operator(string name, string overload, out nint op);
    [LibraryImport(Library, EntryPoint = "labeler_torch_call")]
    internal static partial int Call(nint op, NativeValue* input, int count, NativeValue* output, int capacity, int* produced);
    [LibraryImport(Library, EntryPoint = "labeler_torch_free_list")]
    internal static partial void FreeList(nint list);
    [LibraryImport(Library, EntryPoint = "labeler_torch_error")]
    private static partial nint Error();
    [LibraryImport(Library, EntryPoint = "labeler_torch_version")]
    internal static partial nint Version();

    [LibraryImport(Library, EntryPoint = "labeler_torch_free")]
    internal static partial void Free(nint tensor);
    [LibraryImport(Library, EntryPoint = "labeler_torch_describe"), SuppressGCTransition]
    internal static partial int Describe(nint tensor, out Description description);
    [LibraryImport(Library, EntryPoint = "labeler_torch_data")]
    internal static partial int Data(nint tensor, out nint data);
    [LibraryImport(Library, EntryPoint = "labeler_torch_is_contiguous")]
    internal static partial int IsContiguous(nint tensor);
    [LibraryImport(Library, EntryPoint = "labeler_torch_from_memory")]
    internal static partial int FromMemory(void* data, long* sizes, int dimensions, int type, out nint tensor);

    [LibraryImport(Library, EntryPoint = "labeler_torch_requires_grad")]
    internal static partial int RequiresGrad(nint tensor);
    [LibraryImport(Library, EntryPoint = "labeler_torch_set_requires_grad")]
    internal static partial int SetRequiresGrad(nint tensor, int value);
    [LibraryImport(Library, EntryPoint = "labeler_torch_is_leaf")]
    internal static partial int IsLeaf(nint tensor, out int leaf);
    [LibraryImport(Library, EntryPoint = "labeler_torch_retain_grad")]
    internal static partial int RetainGrad(nint tensor);
    [LibraryImport(Library, EntryPoint = "labeler_torch_grad")]
    internal static partial int Grad(nint tensor, out nint gradient);
    [LibraryImport(Library, EntryPoint = "labeler_torch_set_grad")]
    internal static partial int SetGrad(nint tensor, nint gradient);
    [LibraryImport(Library, EntryPoint = "labeler_torch_backward")]
    internal static partial int Backward(nint* tensors, int count, nint* gradients, int gradientCount, nint* inputs, int inputCount, int retain, int create);
    [LibraryImport(Library, EntryPoint = "labeler_torch_gradients")]
    internal static partial int Gradients(nint* outputs, int count, nint* inputs, int inputCount, nint* gradients, int gradientCount, int retain, int create, int allowUnused, nint* results);
    [LibraryImport(Library, EntryPoint = "labeler_torch_grad_enabled"), SuppressGCTransition]
    internal static partial int GradEnabled();
    [LibraryImport(Library, EntryPoint = "labeler_torch_set_grad_enabled"), SuppressGCTransition]
    internal static partial void SetGradEnabled(int value);

    [LibraryImport(Library, EntryPoint = "labeler_torch_threads")]
    internal static partial int Threads();
    [LibraryImport(Library, EntryPoint = "labeler_torch_set_threads")]
    internal static partial int SetThreads(int count);
    [LibraryImport(Library, EntryPoint = "labeler_torch_cuda_devices")]
    internal static partial int CudaDevices();
    [LibraryImport(Library, EntryPoint = "labeler_torch_cuda_synchronize")]
    internal static partial int CudaSynchronize(int index);

    [LibraryImport(Library, EntryPoint = "labeler_torch_seed_all")]
    internal static partial int SeedAll(ulong seed);
    [LibraryImport(Library, EntryPoint = "labeler_torch_generator")]
    internal static partial int Generator(long device, int fresh, out nint generator);
    [LibraryImport(Library, EntryPoint = "labeler_torch_generator_free")]
    internal static partial void GeneratorFree(nint generator);
    [LibraryImport(Library, EntryPoint = "labeler_torch_generator_seed")]
    internal static partial int GeneratorSeed(nint generator, ulong seed);
    [LibraryImport(Library, EntryPoint = "labeler_torch_generator_reseed")]
    internal static partial int GeneratorReseed(nint generator, out ulong seed);
    [LibraryImport(Library, EntryPoint = "labeler_torch_generator_initial")]
    internal static partial int GeneratorInitial(nint generator, out ulong seed);
    [LibraryImport(Library, EntryPoint = "labeler_torch_generator_state")]
    internal static partial int GeneratorState(nint generator, out nint state);
    [LibraryImport(Library, EntryPoint = "labeler_torch_generator_set_state")]
    internal static partial int GeneratorSetState(nint generator, nint state);

    [LibraryImport(Library, EntryPoint = "labeler_torch_script_load", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ScriptLoad(string path, long device, out nint module);
    [LibraryImport(Library, EntryPoint = "labeler_torch_script_free")]
    internal static partial void ScriptFree(nint module);
    [LibraryImport(Library, EntryPoint = "labeler_torch_script_call", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ScriptCall(nint module, string method, NativeValue* input, int count, NativeValue* output, int capacity, int* produced);
    [LibraryImport(Library, EntryPoint = "labeler_torch_script_train")]
    internal static partial void ScriptTrain(nint module, int on);
    [LibraryImport(Library, EntryPoint = "labeler_torch_script_training")]
    internal static partial int ScriptTraining(nint module);

    /// <summary>Throws libtorch's message when a call failed.</summary>
    /// <exception cref="ExternalException">The call failed.</exception>
    internal static void Check(int status)
    {
        if (status != 0)
        {
            throw new ExternalException(LastError);
        }
    }

    /// <summary>libtorch's message for this thread's last failure.</summary>
    internal static string LastError => Marshal.PtrToStringUTF8(Error()) ?? "libtorch gave no reason.";

    /// <summary>Says what to install where the native library was not built.</summary>
    [ModuleInitializer]
    internal static void Resolve() => NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, (name, assembly, _) =>
    {
        if (name != Library)
        {
            return 0;
        }
        var path = Path.Combine(Path.GetDirectoryName(assembly.Location)!, $"lib{Library}.so");
        return File.Exists(path)
            ? NativeLibrary.Load(path)
            : throw new DllNotFoundException(
                "The engine was built without libtorch. Install it (apt-get install g++ cmake make libtorch-dev), or set TORCH_DIR to the folder of another libtorch, and build again.");
    });
}
