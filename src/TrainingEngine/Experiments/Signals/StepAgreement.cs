using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Experiments.Signals;

/// <summary>A sampling step, and whether groups agree there.</summary>
/// <param name="Step">Sampling step, from 0.</param>
/// <param name="Timestep">Of the noise schedule.</param>
/// <param name="Norm">Root mean square of the norms of the groups' gradients.</param>
/// <param name="Agreement">Mean dot product of two groups' gradients over their mean square: 1 where all are equal, about 0 where nothing
/// but chance is in them, below 0 where groups pull in opposite directions.</param>
public sealed record AgreementAtStep(int Step, long Timestep, double Norm, double Agreement);

/// <summary>
/// At which sampling steps an epoch's judgments teach. Every group gives a gradient of D3PO's loss at one step; what the gradients of
/// different groups have in common is taste, the rest is chance. The estimate of the common part's square, the mean dot product of two
/// different groups, is without bias.
/// </summary>
/// <param name="model">That sampled, but for what <paramref name="trained"/> brings.</param>
/// <param name="trained">What would be trained.</param>
/// <param name="epoch">Trajectories and judgments.</param>
/// <param name="draws">Steps drawn anew whose gradients are averaged; 0 takes the steps that sampling took.</param>
/// <param name="seed">Of these draws and of a new adapter.</param>
public sealed class StepAgreement(StableDiffusion model, TrainedPart trained, JudgedEpoch epoch, int draws, int seed)
{
    /// <summary>Measures one step after the other.</summary>
    /// <exception cref="EngineException">Fewer than two groups teach, or a trajectory does not fit the model.</exception>
    public IEnumerable<AgreementAtStep> Run(CancellationToken stop)
    {
        var groups = PreferencePair.Joined(epoch.Preferences).ToArray();
        if (groups.Length < 2)
        {
            throw new EngineException("fewer than two groups were judged differently inside, so none can agree with another; judge more");
        }
        using var data = new EpochData(epoch.Trajectories, groups.SelectMany(pairs => pairs).SelectMany(pair =>
            new[] { pair.Group, pair.LoserGroup }), model, expected: null, epoch.Replayed);
        if (draws > 0)
        {
            data.Redraw(seed);
        }
        using var parameters = new TrainedModel(model, trained, seed);
        var options = new D3poOptions { Redraw = draws > 0, Seed = seed };
        using var weights = new TrainableWeights(parameters.Parameters, options.AdamW);
        using var reference = new ReferenceWeights(weights);
        var memory = MemoryPlan.For(model, data.Origin, new RunOptions { Output = "" }, trained);
        var policy = Policy.Of(model, data, recompute: memory.Recompute);
        // A group is one part, so that a second worker would have nothing to do.
        using var threads = new ComputeThreads(1, model.Device.type == DeviceType.CPU ? Environment.ProcessorCount : 1);
        for (var step = 0; step < data.Timesteps.Length; step++)
        {
            if (data.Steps.Deviation(data.Timesteps[step]) > 0)
            {
                var at = step;
                var gradients = groups.Select(pairs => OfGroup(pairs, at));
                var (norm, agreement) = Agreement(gradients);
                yield return new(step, data.Timesteps[step], norm, agreement);
            }
        }

        IReadOnlyList<Tensor> OfGroup(PreferencePair[] pairs, int step)
        {
            weights.ClearGradients();
            for (var draw = 0; draw < Math.Max(1, draws); draw++)
            {
                var planned = new PlannedStep(draw, [step], pairs);
                var objective = new D3poObjective(policy, data, [planned], options, memory.ImagesAtOnce);
                new StepGradients(weights, threads, options.Redraw ? reference : null).Add(objective, 0, stop);
            }
            // The gradient is the mean over the group's pairs; in an optimizer step a group counts by their weight.
            var share = pairs.Sum(pair => pair.Weight) / Math.Max(1, draws);
            return [.. weights.Gradients.Select(gradient => gradient * share)];
        }
    }

    /// <summary>The root mean square of the gradients' norms, and how far they agree.</summary>
    /// <param name="gradients">Of two groups or more, by parameter; each is disposed of.</param>
    public static (double Norm, double Agreement) Agreement(IEnumerable<IReadOnlyList<Tensor>> gradients)
    {
        Tensor[]? sum = null;
        var (count, squares) = (0, 0.0);
        foreach (var one in gradients)
        {
            count++;
            squares += Square(one);
            sum ??= [.. one.Select(gradient => zeros_like(gradient))];
            foreach (var (total, gradient) in sum.Zip(one))
            {
                total.add_(gradient);
                gradient.Dispose();
            }
        }
        var together = Square(sum!);
        Array.ForEach(sum!, total => total.Dispose());
        var common = (together - squares) / (count * (count - 1.0));
        return (Math.Sqrt(squares / count), squares == 0 ? 0 : common / (squares / count));
    }

    private static double Square(IEnumerable<Tensor> gradient) => gradient.Sum(part =>
    {
        using var square = part.to(float64).square().sum();
        return square.item<double>();
    });
}
