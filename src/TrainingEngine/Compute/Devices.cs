using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Compute;

/// <summary>Devices by name.</summary>
public static class Devices
{
    /// <summary>The device of a name, or the best there is when none is given.</summary>
    /// <param name="rank">Of several processes on this machine, which take its devices in turn where no number is named.</param>
    /// <exception cref="EngineException">There is no such device on this machine, or for this libtorch.</exception>
    public static Device Pick(string? name, int rank = 0)
    {
        if (string.IsNullOrEmpty(name))
        {
            return cuda.is_available() ? InTurn(rank) : CPU;
        }

        string[] parts = name.Split(':');
        int count = cuda.device_count();
        return parts switch
        {
            ["cpu"] => CPU,
            ["cuda"] when count > 0 => InTurn(rank),
            ["cuda", var index] when int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number < count => new Device(DeviceType.CUDA, number),
            ["cuda", ..] =>
                throw new EngineException($"there is no device {name}: this libtorch sees {count} CUDA devices; take --device cpu"),
            _ => throw new EngineException($"the device {name} is unknown; known are cpu, cuda and cuda:N"),
        };
    }

    private static Device InTurn(int rank) => rank == 0 ? CUDA : new Device(DeviceType.CUDA, rank % cuda.device_count());
}
