using Labeler.TrainingEngine.MirrorWorld.Judging;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>
/// A detector as TorchScript: one image [1, 3, H, W] of 0 to 1 in; boxes [k, 4] (left, top, right, bottom in pixels),
/// classes [k] and scores [k] out.
/// </summary>
/// <param name="path">What <c>torch.jit.save</c> wrote.</param>
/// <param name="mirrorClass">The number of the class that is a mirror.</param>
/// <param name="objects">Numbers of the classes that count as objects; null for all others.</param>
public sealed class ScriptDetector(string path, long mirrorClass, IReadOnlySet<long>? objects = null) : IDetector
{
    private readonly ScriptFile _script = new(path);

    /// <inheritdoc />
    public IReadOnlyList<Detection>? Find(Candidate image, Action<string> report)
    {
        using var scope = NewDisposeScope();
        var picture = image.Open();
        var (boxes, classes, scores) = _script.Ask([picture]) switch
        {
            (Tensor first, Tensor second, Tensor third) => (first, second, third),
            _ => throw _script.Wrong("is no detector; one gives boxes, classes and scores"),
        };
        long count = scores.numel();
        if (!boxes.shape.SequenceEqual([count, 4L]) || !classes.shape.SequenceEqual([count]) || !scores.shape.SequenceEqual([count]))
        {
            throw _script.Wrong(
                $"gives boxes [{string.Join(", ", boxes.shape)}], classes [{string.Join(", ", classes.shape)}] and scores "
                    + $"[{string.Join(", ", scores.shape)}]; [k, 4], [k] and [k] are needed");
        }
        float[] edges = boxes.to(float32).cpu().reshape(count * 4).data<float>().ToArray();
        float[] sure = scores.to(float32).cpu().data<float>().ToArray();
        long[] kinds = classes.to(int64).cpu().data<long>().ToArray();
        if (edges.Concat(sure).Any(value => !float.IsFinite(value)))
        {
            report($"{Path.GetFileName(path)} gives boxes or scores that are not finite for image {image.Image} of group {image.Group}; "
                + $"it is left out");
            return null;
        }
        var (width, height) = ((float)picture.Width, (float)picture.Height);
        return [.. Enumerable.Range(0, (int)count).Where(n => kinds[n] == mirrorClass || objects is null || objects.Contains(kinds[n]))
            .Select(n => new Detection(
            kinds[n] == mirrorClass ? "mirror" : "object",
            edges[4 * n] / width, edges[(4 * n) + 1] / height, edges[(4 * n) + 2] / width, edges[(4 * n) + 3] / height, sure[n]))];
    }

    public void Dispose() => _script.Dispose();
}
