using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Compute;

/// <summary>Devices by name.</summary>
public static class Devices
{
    /// <summary>The device of a name, or the best there is when none is given.</summary>
    /// <exception cref="EngineException">There is no such device on this machine, or for this libtorch.</exception>
    public static Device Pick(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return cuda.is_available() ? CUDA : CPU;
        }

        string[] parts = name.Split(':');
        int count = cuda.device_count();
        return parts switch
        {
            ["cpu"] => CPU,
            ["cuda"] when count > 0 => CUDA,
            ["cuda", var index] when int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number < count => new Device(DeviceType.CUDA, number),
            ["cuda", ..] =>
                throw new EngineException($"there is no device {name}: this libtorch sees {count} CUDA devices; take --device cpu"),
            _ => throw new EngineException($"the device {name} is unknown; known are cpu, cuda and cuda:N"),
        };
    }
}
