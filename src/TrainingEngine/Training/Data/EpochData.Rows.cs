using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Data;

// What a policy is asked to score.
public sealed partial class EpochData
{
    /// <summary>The rows of a micro-batch: its groups' images one after the other.</summary>
    public PolicyRows Rows(MicroBatch batch)
    {
        var groups = batch.Groups.Select(group => Rows(group.Group, group.Images, batch.SamplingStep)).ToArray();
        var rows = groups.Length == 1 ? groups[0] : PolicyRows.Join(groups);
        return batch.SamplingStep == 0 && Pass is null && batch.Groups.All(group => _sharedStart.Contains(group.Group))
            ? rows with { Shared = SharedRows(batch) }
            : rows;
    }

    /// <summary>Images of one loaded group at one sampling step.</summary>
    public PolicyRows Rows(int group, int[] images, int step)
    {
        var trajectory = _loaded[group];
        var chosen = tensor(Array.ConvertAll(images, image => (long)image));
        Tensor Step(Tensor path, int at) => path.select(1, at).index_select(0, chosen).to(_device);
        Tensor? Kept(Dictionary<(int?, int, int), Tensor> means) =>
            means.TryGetValue((Pass, group, step), out var kept) ? kept.index_select(0, chosen).to(_device) : null;
        var rows = new PolicyRows(
            step, Timesteps[step],
            Step(trajectory.Latents, step), Step(trajectory.Latents, step + 1), Step(trajectory.LogProbabilities!, step),
            _texts.Prompt(trajectory.Origin).Repeat(images.Length), _texts.Negative(trajectory.Origin).Repeat(images.Length))
        {
            PreviousMeans = !LacksMeans(group) ? Step(trajectory.Means!, step) : Kept(_previousMeans),
            BaseMeans = Kept(_baseMeans),
        };
        if (Pass is not { } pass || _redrawn is null)
        {
            return rows;
        }
        var (latents, next) = _redrawn.Of(trajectory.Final.index_select(0, chosen), pass, group, step);
        rows = rows with { Latents = latents.to(_device), NextLatents = next.to(_device) };
        return rows.PreviousMeans is { } known ? rows.Under(known, Steps) : rows;
    }

    /// <summary>Lets <see cref="Pass"/> choose steps that are drawn anew.</summary>
    /// <exception cref="EngineException">The model has no DDIM steps.</exception>
    public void Redraw(int seed) => _redrawn = _model.IsFlow
        ? throw new EngineException("--redraw: steps are drawn anew for models with DDIM's noise alone, not for flow models; leave it out")
        : new(_model, Steps, seed);

    private (Tensor, Tensor) SharedRows(MicroBatch batch)
    {
        var (computed, taken, first) = (new List<long>(), new List<long>(), 0L);
        foreach (var group in batch.Groups)
        {
            taken.AddRange(Enumerable.Repeat((long)computed.Count, group.Images.Length));
            computed.Add(first);
            first += group.Images.Length;
        }
        return (tensor(computed.ToArray(), device: _device), tensor(taken.ToArray(), device: _device));
    }
}
