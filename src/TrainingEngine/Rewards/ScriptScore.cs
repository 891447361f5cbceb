using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>
/// An aesthetic or preference model as TorchScript: images [n, 3, H, W] of 0 to 1 in, [n] or [n, 1] numbers out.
/// </summary>
/// <param name="path">What <c>torch.jit.save</c> wrote.</param>
public sealed class ScriptScore(string path) : IReward
{
    private const int AtOnce = 16;
    private readonly ScriptFile _script = new(path);

    /// <inheritdoc />
    public string Name => $"score of {Path.GetFileName(path)}";

    /// <inheritdoc />
    public IReadOnlyList<double> Of(IReadOnlyList<Candidate> images, Action<string> report, CancellationToken stop) =>
        [.. images.Chunk(AtOnce).SelectMany(some =>
    {
        stop.ThrowIfCancellationRequested();
        return Score(some, report);
    })];

    public void Dispose() => _script.Dispose();

    private double[] Score(Candidate[] images, Action<string> report)
    {
        using var scope = NewDisposeScope();
        if (_script.Ask([.. images.Select(image => image.Open())]) is not Tensor answer)
        {
            throw _script.Wrong("gives no tensor; a reward gives one number an image");
        }
        if (!answer.shape.SequenceEqual([images.Length]) && !answer.shape.SequenceEqual([images.Length, 1L]))
        {
            throw _script.Wrong(
                $"gives the shape [{string.Join(", ", answer.shape)}] for {images.Length} images; a reward gives [{images.Length}] or "
                    + $"[{images.Length}, 1]");
        }
        float[] values = answer.to(float32).cpu().reshape(images.Length).data<float>().ToArray();
        foreach (Candidate image in images.Where((_, n) => !float.IsFinite(values[n])))
        {
            report($"{Path.GetFileName(path)} gives no finite number for image {image.Image} of group {image.Group}; it is left out");
        }
        return Array.ConvertAll(values, value => float.IsFinite(value) ? value : double.NaN);
    }
}
