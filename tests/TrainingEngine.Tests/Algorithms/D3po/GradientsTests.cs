using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Tests.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Algorithms.D3po;

public sealed class GradientsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StableDiffusion _model;
    private readonly LoraAdapter _adapter;
    private readonly ComputeThreads _workers = new(2, 1);
    private PreferencePair[] _preferences =
    [
        .. PreferencePair.FromVerdicts(0, [-1, 0, -1, 0]), .. PreferencePair.FromVerdicts(1, [0, 0, -0.5, -1], weighted: true), .. PreferencePair.FromVerdicts(2, [0, -1, -1, -1]),
    ];

    public GradientsTests()
    {
        _model = TinyTrajectories.Model(_folder.File("model"));
        _adapter = LoraAdapter.Create(_model.Unet, LoraTargets.Attention | LoraTargets.AllLinear, 2, 2, 3);
    }

    [Theory]
    [InlineData(1.0, 0.0)]
    [InlineData(3.0, 0.2)]
    public void The_grouped_gradient_is_the_sum_of_the_official_ones(double guidance, double kl)
    {
        var options = new D3poOptions { KlToPrevious = kl };
        using var data = Sampled(guidance);
        using var weights = Weights();
        using var reference = new ReferenceWeights(weights);
        Move(weights);
        var step = new PlannedStep(0, [0, 2, 3], _preferences);
        var policy = PolicyOf(data, guidance);

        // Without divergences a pair's official gradient is its share of the grouped one; with them an image counts once a pair.
        var perPair = options with { KlToPrevious = 0 };
        var grouped = Collect(weights, _workers, new D3poObjective(policy, data, [step], perPair, 8));
        var official = Collect(weights, _workers, new D3poObjective(policy, data, [step], perPair with { Mode = D3poMode.Official }, 8), reference);

        AssertClose(official, grouped);
        if (kl > 0)
        {
            Assert.True(Distance(Collect(weights, _workers, new D3poObjective(policy, data, [step], options, 8)), grouped) > 1e-3);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(2, true)]
    public void Parts_of_groups_and_recomputed_activations_give_the_same_gradient(int imagesAtOnce, bool recompute)
    {
        var options = new D3poOptions { KlToPrevious = 0.1, HoldColor = 10 };
        using var data = Sampled(3);
        using var weights = Weights();
        var step = new PlannedStep(0, [1, 3], _preferences);
        new MeansOfPolicy(PolicyOf(data, 3), data, [step], 12).Keep(ofBase: true, _workers, CancellationToken.None);
        Move(weights);

        var whole = Collect(weights, _workers, new D3poObjective(PolicyOf(data, 3), data, [step], options, 12));
        var free = Collect(weights, _workers, new D3poObjective(PolicyOf(data, 3), data, [step], options with { HoldColor = 0 }, 12));
        Assert.True(Distance(whole, free) > 1e-3);
        var parts = Collect(weights, _workers, new D3poObjective(PolicyOf(data, 3, recompute), data, [step], options, imagesAtOnce));

        AssertClose(whole, parts);
    }

    [Fact]
    public void Where_the_base_model_sampled_what_the_reference_says_of_steps_drawn_anew_is_what_the_base_model_says()
    {
        var options = new D3poOptions { Redraw = true, KlToPrevious = 0.1, HoldColor = 10 };
        var step = new PlannedStep(0, [1, 3], _preferences);
        using EpochData asked = Sampled(1), spared = Sampled(1);
        asked.Redraw(options.Seed);
        spared.Redraw(options.Seed);
        using var weights = Weights();
        using var reference = new ReferenceWeights(weights);
        new MeansOfPolicy(PolicyOf(asked, 1), asked, [step], 12, redraws: true).Keep(ofBase: true, _workers, CancellationToken.None);
        Move(weights);

        var twice = Collect(weights, _workers, new D3poObjective(PolicyOf(asked, 1), asked, [step], options, 12), reference);
        var once = Collect(weights, _workers, new D3poObjective(PolicyOf(spared, 1), spared, [step], options, 12) { SampledByBase = true }, reference);
        var free = Collect(weights, _workers, new D3poObjective(PolicyOf(spared, 1), spared, [step], options, 12), reference);

        AssertClose(twice, once);
        Assert.True(Distance(once, free) > 1e-3);
    }

    [Fact]
    public void Groups_judged_alike_are_pulled_on_and_bring_no_pair()
    {
        var (all, judged) = (_preferences, _preferences.Where(pair => pair.Group < 2).ToArray());
        using var data = Sampled(1);
        using var weights = Weights();
        Move(weights);
        var epoch = JudgedEpoch.OfPairs(["0", "1", "2"], judged);
        Assert.Equal([2], JudgedAlike.Groups(epoch));
        Assert.Empty(JudgedAlike.Groups(JudgedEpoch.OfPairs(["0", "1", "2"], all)));
        PreferencePair[] held = [.. judged, .. JudgedAlike.Pairs([2], data)];
        _preferences = judged;
        float[] Of(PreferencePair[] pairs, double kl) =>
            Collect(weights, _workers, new D3poObjective(PolicyOf(data, 1), data, [new PlannedStep(0, [1, 3], pairs)], new D3poOptions { KlToPrevious = kl }, 12));

        // Two of three groups teach: in the mean over all images their pairs weigh as much less.
        AssertClose([.. Of(judged, 0).Select(gradient => gradient * 2 / 3)], Of(held, 0));
        float[] free = Of(held, 0), pulled = Of(held, 1), judgedAlone = Of(judged, 1), judgedFree = Of(judged, 0);
        var pull = pulled.Zip(free, (one, other) => one - other).ToArray();
        var pullOfJudged = judgedAlone.Zip(judgedFree, (one, other) => (one - other) * 2 / 3).ToArray();
        Assert.True(Distance(pull, pullOfJudged) > 1e-2);
    }

    [Fact]
    public void The_number_of_workers_does_not_change_a_bit()
    {
        using var data = Sampled(2);
        using var weights = Weights();
        Move(weights);
        var step = new PlannedStep(0, [0, 1, 2, 3], _preferences);
        using var alone = new ComputeThreads(1, 1);

        var one = Collect(weights, alone, new D3poObjective(PolicyOf(data, 2), data, [step], new D3poOptions(), 4));
        var two = Collect(weights, _workers, new D3poObjective(PolicyOf(data, 2), data, [step], new D3poOptions(), 4));

        Assert.Equal(one, two);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(3)]
    public void Pairs_across_groups_have_the_gradient_of_the_official_ones_however_they_are_cut(int imagesAtOnce)
    {
        _preferences =
        [
            .. PreferencePair.FromVerdicts(1, [0, 0, -0.5, -1]), .. from winner in Enumerable.Range(0, 4) from loser in Enumerable.Range(0, 4) select new PreferencePair(2, winner, loser) { Across = 0 },
        ];
        using var data = Sampled(1);
        using var weights = Weights();
        using var reference = new ReferenceWeights(weights);
        Move(weights);
        var step = new PlannedStep(0, [0, 2, 3], _preferences);

        var grouped = Collect(weights, _workers, new D3poObjective(PolicyOf(data, 1), data, [step], new D3poOptions(), imagesAtOnce));
        var official = Collect(weights, _workers, new D3poObjective(PolicyOf(data, 1), data, [step], new D3poOptions { Mode = D3poMode.Official }, 4), reference);

        AssertClose(official, grouped);
    }

    [Fact]
    public void Outside_the_clamp_every_gradient_is_exactly_zero()
    {
        using var data = Sampled(1);
        using var weights = Weights();
        Move(weights, 3);
        var step = new PlannedStep(0, [3], _preferences);

        var gradients = Collect(weights, _workers, new D3poObjective(PolicyOf(data, 1), data, [step], new D3poOptions { Epsilon = 1e-6 }, 4));

        Assert.All(gradients, gradient => Assert.Equal(0, gradient));
    }

    [Fact]
    public void A_detached_unconditional_branch_gives_another_gradient()
    {
        using var data = Sampled(3);
        using var weights = Weights();
        Move(weights);
        var step = new PlannedStep(0, [1], _preferences);
        var detached = new Policy(new GuidedDenoiser(_model.Unet, 3, detachUnconditional: true), Ddim());

        var both = Collect(weights, _workers, new D3poObjective(PolicyOf(data, 3), data, [step], new D3poOptions(), 4));
        var one = Collect(weights, _workers, new D3poObjective(detached, data, [step], new D3poOptions(), 4));

        Assert.True(Distance(both, one) > 1e-2);
    }

    public void Dispose()
    {
        _workers.Dispose();
        _adapter.Dispose();
        _folder.Dispose();
    }

    private EpochData Sampled(double guidance)
    {
        var files = TinyTrajectories.Sample(_model, _folder.File("trajectories"), 3, 4, guidance);
        return new EpochData(files, [0, 1, 2], _model, expected: null);
    }

    private TrainableWeights Weights() => new(_adapter.Parameters, new D3poOptions().AdamW);

    private static void Move(TrainableWeights weights, double by = 0.3)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var generator = new Generator(4);
        foreach (var leaf in weights.Leaves)
        {
            leaf.add_(randn(leaf.shape, generator: generator) * by);
        }
    }

    private DdimStep Ddim() => new(NoiseSchedule.Load(_folder.File("model", "scheduler")), TinyTrajectories.Steps);

    private Policy PolicyOf(EpochData data, double guidance, bool recompute = false) =>
        new(new GuidedDenoiser(_model.Unet, guidance), Ddim(), recompute: recompute);

    private float[] Collect(TrainableWeights weights, ComputeThreads threads, D3poObjective objective, ReferenceWeights? reference = null)
    {
        weights.ClearGradients();
        new StepGradients(weights, threads, reference).Add(objective, 0, CancellationToken.None);
        Assert.All(objective.StepStatistics.Values, sums => Assert.Equal(_preferences.Length, sums.Pairs));
        return [.. weights.Gradients.SelectMany(gradient => gradient.data<float>().ToArray())];
    }

    private static void AssertClose(float[] expected, float[] actual) => Assert.True(Distance(expected, actual) < 1e-4, $"{Distance(expected, actual)}");

    private static double Distance(float[] expected, float[] actual) =>
        Math.Sqrt(expected.Zip(actual, (one, other) => Math.Pow(one - other, 2)).Sum() / expected.Sum(one => Math.Pow(one, 2)));
}
