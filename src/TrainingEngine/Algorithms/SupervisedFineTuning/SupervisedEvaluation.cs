using System.Globalization;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;

/// <summary>
/// Images along the training, one folder an evaluation: <c>fixed-00.png …</c> from the same noise every time, so that one
/// picture can be followed, and <c>random-00.png …</c> from noise of their own, which no run can learn by heart. The adapter
/// that made them lies beside, so that people can score more of its pictures; a whole U-Net is too large to be kept each time.
/// </summary>
internal sealed class SupervisedEvaluation(
    StableDiffusion model, IReadOnlyList<string> captions, SupervisedOptions options, string folder, bool keepsAdapter,
        CancellationToken stop)
{
    /// <summary>Inside an evaluation's folder; complete before the first picture is there.</summary>
    public const string AdapterFolder = "adapter";
    private const ulong Fixed = 0, Random = 1;

    /// <summary>Keeps the adapter and samples with the model as it is, where it is time to.</summary>
    /// <param name="step">Optimizer steps done.</param>
    /// <param name="export">Writes the weights into a folder.</param>
    public void After(int step, Action<string> export)
    {
        if (options.EvaluateEvery == 0 || step % options.EvaluateEvery != 0)
        {
            return;
        }
        var place = Directory.CreateDirectory(Path.Combine(folder, $"step-{step:D8}")).FullName;
        if (keepsAdapter)
        {
            export(Path.Combine(place, AdapterFolder));
        }
        var sampler =
            new Sampler(model, ModelSchedule.Of(model),
                new SamplingOptions { GroupSize = 1, KeepMeans = false });
        for (var image = 0; image < options.EvaluationImages; image++)
        {
            Write(sampler, image, "fixed", Seeds.At((ulong)(uint)options.Seed, Fixed, (ulong)image), place);
            Write(sampler, image, "random", Seeds.At((ulong)(uint)options.Seed, Random, (ulong)step, (ulong)image), place);
        }
    }

    private void Write(Sampler sampler, int image, string kind, ulong seed, string place)
    {
        using var sampled = sampler.Sample(captions[image % captions.Count], seed, stop);
        var png = LatentDecoder.Decode(model, sampled.Final)[0]
            .ToPng([new("prompt", sampled.Origin.Prompt), new("seed", seed.ToString(CultureInfo.InvariantCulture))]);
        AtomicFile.Write(Path.Combine(place, string.Create(CultureInfo.InvariantCulture, $"{kind}-{image:00}.png")), png);
    }
}
