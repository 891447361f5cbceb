using System.Runtime.InteropServices;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>A TorchScript module that looks at images: float32 [n, 3, H, W] of 0 to 1 go in.</summary>
internal sealed class ScriptFile : IDisposable
{
    private readonly jit.ScriptModule _module;
    private readonly string _path;

    /// <exception cref="EngineException">The file is missing or no TorchScript.</exception>
    public ScriptFile(string path)
    {
        _path = path;
        try
        {
            _module = jit.load(path);
            _module.eval();
        }
        catch (Exception error) when (error is ExternalException or IOException)
        {
            throw new EngineException(
                $"{path} is no TorchScript module that can be run here ({FirstLine(error)}); save it with torch.jit.save", error);
        }
    }

    /// <summary>What the module says of pictures of one size.</summary>
    /// <exception cref="EngineException">It failed, or gives what cannot be read.</exception>
    public object Ask(IReadOnlyList<Picture> pictures)
    {
        using var untracked = no_grad();
        try
        {
            return OneDnn.Without(() => _module.forward(Pixels.ToTensor(pictures) / 2 + 0.5));
        }
        catch (ExternalException error)
        {
            throw new EngineException($"{_path} failed on images of {pictures[0].Width} x {pictures[0].Height} ({FirstLine(error)})",
                error);
        }
        // TorchSharp reads tensors, numbers, and lists and tuples of them; over a text or a dictionary it stumbles like this.
        catch (Exception error) when (error is ArgumentOutOfRangeException or NotImplementedException)
        {
            throw new EngineException($"{_path} gives neither a tensor nor tensors, but what cannot be read here", error);
        }
    }

    /// <summary>An error that names the file.</summary>
    public EngineException Wrong(string what) => new($"{_path} {what}");

    public void Dispose() => _module.Dispose();

    // libtorch's messages go on with the interpreter's stack, and the last line of that says what went wrong.
    private static string FirstLine(Exception error) =>
        error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        is [.., var last] ? last.Length <= 200 ? last : last[..200] + "…" : error.GetType().Name;
}
