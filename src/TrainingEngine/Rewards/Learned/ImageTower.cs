using Labeler.Shared.Imaging;
using Labeler.Shared.Storage;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>A frozen image encoder as TorchScript, as CLIP's: images [n, 3, H, W] of 0 to 1 in, [n, features] out.</summary>
internal sealed class ImageTower(string path) : IDisposable
{
    private readonly ScriptFile _script = new(path);

    public string Path => path;

    /// <summary>By which the same file is known again.</summary>
    public string Hash { get; } = ContentHash.OfFile(path);

    /// <summary>[n, features] on the CPU; pictures of different sizes are asked about one after the other.</summary>
    /// <exception cref="EngineException">The file gives something else.</exception>
    public Tensor Of(IReadOnlyList<Picture> pictures)
    {
        using var scope = NewDisposeScope();
        var alike = pictures.Select(picture => (picture.Width, picture.Height)).Distinct().Count() == 1;
        IEnumerable<IReadOnlyList<Picture>> asked = alike ? [pictures] : pictures.Select(picture => new[] { picture });
        return cat([.. asked.Select(Ask)], 0).MoveToOuterDisposeScope();
    }

    private Tensor Ask(IReadOnlyList<Picture> pictures)
    {
        if (_script.Ask(pictures) is not Tensor answer)
        {
            throw _script.Wrong("gives no tensor; an image tower gives the features of each image, [n, features]");
        }
        if (answer.shape is not [var count, > 0] || count != pictures.Count)
        {
            throw _script.Wrong($"gives the shape [{string.Join(", ", answer.shape)}] for {pictures.Count} images; an image tower gives "
                + $"[{pictures.Count}, features]");
        }
        var features = answer.detach().to(ScalarType.Float32).cpu();
        return isfinite(features).all().item<bool>() ? features : throw _script.Wrong("gives features that are not finite");
    }

    public void Dispose() => _script.Dispose();
}
