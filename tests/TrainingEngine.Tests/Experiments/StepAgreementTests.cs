using Labeler.TrainingEngine.Experiments.Signals;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Tests.Training;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Experiments;

public sealed class StepAgreementTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Equal_gradients_agree_opposite_ones_do_not_and_independent_ones_are_in_between()
    {
        IReadOnlyList<Tensor> Of(params float[] values) => [tensor(values[..1]), tensor(values[1..])];

        Assert.Equal((5, 1), Rounded(StepAgreement.Agreement([Of(3, 4), Of(3, 4), Of(3, 4)])));
        Assert.Equal((1, -1), Rounded(StepAgreement.Agreement([Of(1, 0), Of(-1, 0)])));
        Assert.Equal((1, 0), Rounded(StepAgreement.Agreement([Of(1, 0), Of(0, 1)])));
        // Dot products 0, 0 and 2 over the mean square 2.
        Assert.Equal((Math.Round(Math.Sqrt(2), 6), 0.333333), Rounded(StepAgreement.Agreement([Of(1, 1), Of(1, 1), Of(1, -1)])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Every_sampling_step_with_noise_has_a_figure_and_the_same_seed_the_same_figures(int draws)
    {
        var model = TinyTrajectories.Model(_folder.File("model"));
        var files = TinyTrajectories.Sample(model, _folder.File("trajectories"), 3, 4);
        var epoch = new JudgedEpoch(files, ["a cat", "a dog", "a cat"], [[-1, 0, -1, 0], [0, 0, 0, -1], [0, -1, -1, -1]]);
        AgreementAtStep[] Measured() =>
            [.. new StepAgreement(model, new TrainedPart.Adapter(LoraTargets.Attention, 2), epoch, draws, 5).Run(CancellationToken.None)];

        var rows = Measured();

        Assert.Equal([0, 1, 2, 3], rows.Select(row => row.Step));
        Assert.All(rows, row => Assert.True(row.Norm > 0 && Math.Abs(row.Agreement) <= 1, $"{row}"));
        Assert.Equal(rows, Measured());
    }

    [Fact]
    public void One_group_alone_is_refused_with_what_to_do()
    {
        var model = TinyTrajectories.Model(_folder.File("model"));
        var epoch = new JudgedEpoch(TinyTrajectories.Sample(model, _folder.File("trajectories"), 2, 2), ["a cat", "a dog"], [[-1, 0], [0, 0]]);

        var refused = Assert.Throws<EngineException>(() =>
            new StepAgreement(model, new TrainedPart.WholeUNet(), epoch, 1, 0).Run(CancellationToken.None).ToArray());

        Assert.Contains("judge more", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static (double, double) Rounded((double Norm, double Agreement) of) => (Math.Round(of.Norm, 6), Math.Round(of.Agreement, 6));
}
