using System.CommandLine;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Verification;
using TorchSharp;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>verify</c>: compares the engine with reference results of the original libraries.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var golden = new Option<string>("--golden") { Description = "folder with the golden files and their models", Required = true };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N; by default cuda where it is there" };
        var command = new Command("verify", "Checks every file of a golden folder; fails when any is out of tolerance.") { golden, device };
        command.Does((parsed, stop) => Verify(parsed.GetValue(golden)!, Devices.Pick(parsed.GetValue(device)), stop));
        return command;
    }

    private static void Verify(string folder, torch.Device device, CancellationToken stop)
    {
        // A GPU's convolutions round their inputs to 10 bits by default, which no tolerance of float32 allows for.
        if (device.type == DeviceType.CUDA)
        {
            (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32) = (false, false);
        }

        var (passed, failed, skipped) = (0, 0, 0);
        foreach (var file in GoldenVerification.Of(folder, device))
        {
            Console.WriteLine(file);
            (passed, failed, skipped) = (file.Skipped, file.Ok) switch
            {
                (not null, _) => (passed, failed, skipped + 1),
                (_, true) => (passed + 1, failed, skipped),
                _ => (passed, failed + 1, skipped),
            };
            stop.ThrowIfCancellationRequested();
        }
        Console.WriteLine($"{passed} ok, {failed} failed, {skipped} skipped");
        if (failed > 0)
        {
            throw new EngineException($"{failed} golden files are out of tolerance");
        }
    }
}
