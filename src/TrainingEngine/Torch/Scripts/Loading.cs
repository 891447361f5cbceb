using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static partial class jit
    {
        /// <summary>Loads a module that <c>torch.jit.save</c> wrote, onto a device.</summary>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="ExternalException">The file holds no TorchScript module, or one that this libtorch cannot run.</exception>
        public static ScriptModule load(string filename, DeviceType device_type = DeviceType.CPU, long device_index = -1) =>
            new(Read(filename, device_type, device_index));

        public static ScriptModule<T1, TResult> load<T1, TResult>(string filename, DeviceType device_type = DeviceType.CPU, long device_index = -1) =>
            new(Read(filename, device_type, device_index));

        public static ScriptModule<T1, T2, TResult> load<T1, T2, TResult>(string filename, DeviceType device_type = DeviceType.CPU, long device_index = -1) =>
            new(Read(filename, device_type, device_index));

        private static nint Read(string filename, DeviceType type, long index)
        {
            if (!File.Exists(filename))
            {
                throw new FileNotFoundException($"There is no file {filename}.", filename);
            }
            var device = new Device(type, (int)index);
            return NativeMethods.ScriptLoad(filename, device.Bits, out var module) == 0
                ? module
                : throw new ExternalException($"{filename} is not a TorchScript module that this libtorch can load: {NativeMethods.LastError}");
        }
    }
}
