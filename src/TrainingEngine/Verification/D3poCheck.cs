using System.Text.Json;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>
/// D3PO's loss for stored pairs of trajectories, at each stored timestep: predictions, log-probabilities, ratios, the loss,
/// and the gradient of every tensor of the adapter.
/// </summary>
internal static class D3poCheck
{
    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        using var setup = new D3poSetup(file);
        var pairs = file["human_prefer"].cpu().data<long>().ToArray();
        // A file without trajectories of its own was made from those of the first.
        var samples = file.Has("sample_0.timesteps") ? file : file.Sibling("prefer_0.safetensors");
        return [.. Enumerable.Range(0, (int)samples["sample_0.timesteps"].shape[1])
            .SelectMany(j => Timestep(file, samples, setup, pairs, j))];
    }

    private static List<Finding> Timestep(GoldenFile file, GoldenFile samples, D3poSetup setup, long[] prefer, int j)
    {
        using var scope = NewDisposeScope();
        var batch = prefer.Length / 2;
        // Rows of the first images of all pairs, then of the second ones.
        PolicyRows[] rows =
            [.. new[] { 0, 1 }.SelectMany(side => Enumerable.Range(0, batch).Select(row => setup.Rows(samples, side, row, j)))];
        Tensor reference;
        var findings = new List<Finding>();
        using (setup.Unet.Adapter.Off())
        {
            reference = cat([.. rows.Select(part => setup.Policy.Score(part).LogProbabilities)]);
            findings.AddRange(Outputs(file, setup, rows, $"j{j}.ref_model_output_"));
        }
        findings.AddRange(Outputs(file, setup, rows, $"j{j}.model_output_"));
        Tensor? scored = null, loss = null;
        var gradients = setup.Policy.Gradients(rows, scores =>
        {
            scored = cat([.. scores.Select(score => score.LogProbabilities)]);
            return loss = setup.Loss(scored, reference, prefer);
        }, setup.Leaves);

        foreach (var (side, first) in new[] { (0, 0L), (1, batch) })
        {
            var (policy, old) = (scored!.narrow(0, first, batch), reference.narrow(0, first, batch));
            findings.AddRange(Compare.Tensors($"j{j}.total_prob_{side}", policy, file[$"j{j}.total_prob_{side}"], 3e-5));
            findings.AddRange(Compare.Tensors($"j{j}.ref_prob_{side}", old, file[$"j{j}.ref_prob_{side}"], 3e-5));
            var (low, high) = setup.Options.Band;
            findings.AddRange(
                Compare.Tensors($"j{j}.ratio_{side}", (policy - old).clamp(low, high).exp(), file[$"j{j}.ratio_{side}"], 1e-5));
        }
        findings.AddRange(Compare.Tensors($"j{j}.loss", loss!, file[$"j{j}.loss"], 1e-6));
        findings.AddRange(setup.Gradients(file, $"j{j}.grad.", gradients));
        return findings;
    }

    private static IEnumerable<Finding> Outputs(GoldenFile file, D3poSetup setup, PolicyRows[] rows, string key) => new[] { 0, 1 }
        .Where(side => file.Has($"{key}{side}"))
        .SelectMany(side => Compare.Tensors(
            $"{key}{side}", cat([.. rows.Skip(side * rows.Length / 2).Take(rows.Length / 2).Select(setup.Predict)]), file[$"{key}{side}"],
                5e-4, 7e-5));
}

/// <summary>The model, adapter, settings and inputs of a folder of D3PO's golden files.</summary>
internal sealed class D3poSetup : IDisposable
{
    private readonly GuidedDenoiser _guided;
    private readonly LoraAdapter _adapter;
    private readonly TextConditioning _prompt;
    private readonly TextConditioning _negative;
    private readonly Dictionary<string, int> _places;
    private readonly LoraKeys _keys;

    public D3poSetup(GoldenFile file)
    {
        var model = file.ModelNamed("tiny-sd15");
        var config = file.Json("d3po.json").GetProperty("config");
        var (train, sample) = (config.GetProperty("train"), config.GetProperty("sample"));
        Options = OptionsOf(train);
        Unet = StableDiffusion.LoadUnet(Path.Combine(model, "unet"), file.Device);
        _guided = new GuidedDenoiser(Unet, sample.GetProperty("guidance_scale").GetDouble());
        var ddim =
            new DdimStep(NoiseSchedule.Load(Path.Combine(model, "scheduler")), sample.GetProperty("num_steps").GetInt32(),
                sample.GetProperty("eta").GetDouble());
        Policy = new Policy(_guided, ddim);
        _adapter = LoraAdapter.Load(Unet, file.Beside("pytorch_lora_weights.safetensors"));
        foreach (var leaf in Leaves)
        {
            leaf.requires_grad_();
        }

        var inputs = SafeTensors.ReadAll(file.Beside("inputs.safetensors"));
        (_prompt, _negative) = (new(inputs["prompt_embeds"].to(file.Device)), new(inputs["negative_prompt_embeds"].to(file.Device)));
        _places = _adapter.Parameters.Select((parameter, place) => (parameter.Name, place))
            .ToDictionary(pair => pair.Name, pair => pair.place);
        _keys = new LoraKeys(_adapter.Branches.Keys);
    }

    public D3poOptions Options { get; }

    public UNet2DConditionModel Unet { get; }

    public Policy Policy { get; }

    public IReadOnlyList<(string Name, Tensor Weight)> Parameters => _adapter.Parameters;

    public Tensor[] Leaves => [.. _adapter.Parameters.Select(parameter => parameter.Weight)];

    /// <summary>One image's stored step <paramref name="j"/>.</summary>
    public PolicyRows Rows(GoldenFile file, int side, int row, int j) => new(
        j, file[$"sample_{side}.timesteps"].narrow(0, row, 1).narrow(1, j, 1).item<long>(),
        file[$"sample_{side}.latents"].narrow(0, row, 1).select(1, j), file[$"sample_{side}.next_latents"].narrow(0, row, 1).select(1, j),
        zeros(1, device: file.Device), _prompt, _negative);

    /// <summary>The prediction under guidance.</summary>
    public Tensor Predict(PolicyRows rows)
    {
        using var untracked = no_grad();
        return _guided.Predict(rows.Latents, [rows.Timestep], rows.Prompt, rows.Negative);
    }

    /// <summary>The mean over pairs, tied ones counting log 2 as in the authors' program.</summary>
    /// <param name="scored">[2·pairs], first images, then second ones.</param>
    /// <param name="prefer">Of each pair +1 and −1 for its images, or 0 and 0.</param>
    public Tensor Loss(Tensor scored, Tensor reference, long[] prefer)
    {
        var pairs = prefer.Length / 2;
        var judged = Enumerable.Range(0, pairs).Where(pair => prefer[2 * pair] != prefer[(2 * pair) + 1]).ToArray();
        long Place(int pair, bool better) => prefer[2 * pair] > prefer[(2 * pair) + 1] == better ? pair : pairs + pair;
        var losses = D3poLoss.PerPair(
            scored, reference, tensor(judged.Select(pair => Place(pair, true)).ToArray(), device: scored.device),
            tensor(judged.Select(pair => Place(pair, false)).ToArray(), device: scored.device), Options);
        return (losses.sum() + ((pairs - judged.Length) * Math.Log(2))) / pairs;
    }

    /// <summary>All gradients of a key together; where the file holds none, every one must be exactly zero.</summary>
    public IEnumerable<Finding> Gradients(GoldenFile file, string prefix, IEnumerable<Tensor> gradients)
    {
        var own = gradients.ToArray();
        var stored = file.Tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
        return stored.Length == 0
            ? [new Finding($"{prefix}* largest", own.Max(gradient => gradient.abs().max().item<float>()), 0)]
            : Compare.Tensors($"{prefix}*", Together(stored.Select(pair => own[Place(pair.Key[prefix.Length..])])),
                Together(stored.Select(pair => pair.Value)), relativeRms: 5e-4);
    }

    /// <summary>Where the tensor of a key stands among the parameters.</summary>
    public int Place(string key) => _keys.Parse(key) is { Targets: [var target], Part: var part }
        ? _places[LoraKeys.Diffusers(target.Layer, part)]
        : throw new EngineException($"the golden file names {key}, which the model does not have");

    public static Tensor Together(IEnumerable<Tensor> tensors) => cat([.. tensors.Select(part => part.detach().reshape(-1))]);

    public void Dispose() => _adapter.Dispose();

    private static D3poOptions OptionsOf(JsonElement train) => new()
    {
        Beta = train.GetProperty("beta").GetDouble(),
        Epsilon = train.GetProperty("eps").GetDouble(),
        LearningRate = train.GetProperty("learning_rate").GetDouble(),
        AdamBeta1 = train.GetProperty("adam_beta1").GetDouble(),
        AdamBeta2 = train.GetProperty("adam_beta2").GetDouble(),
        AdamEpsilon = train.GetProperty("adam_epsilon").GetDouble(),
        WeightDecay = train.GetProperty("adam_weight_decay").GetDouble(),
    };
}
