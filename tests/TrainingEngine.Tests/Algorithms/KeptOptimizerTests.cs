using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Loop;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>An optimizer that lives through several epochs.</summary>
public sealed class KeptOptimizerTests : IDisposable
{
    private static readonly PreferredOptions Options = new() { LearningRate = 1e-2, InnerEpochs = 6, ImagesPerStep = 4 };
    private readonly TinyEpoch _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void It_goes_on_with_its_moments_and_counts_its_steps_on()
    {
        var first = Train("first", TinyEpoch.Adapter);
        var next = TinyEpoch.Adapter with { From = first.Weights };

        var anew = Train("anew", next);
        var kept = Train("kept", next with { OptimizerFrom = OptimizerOf(first) });

        Assert.Equal(StepsOf(first) + StepsOf(anew), StepsOf(kept));
        Assert.NotEqual(WeightsOf(anew), WeightsOf(kept));
    }

    [Fact]
    public void A_stopped_run_with_it_ends_with_the_same_bits()
    {
        var first = Train("first", TinyEpoch.Adapter);
        var part = TinyEpoch.Adapter with { From = first.Weights, OptimizerFrom = OptimizerOf(first) };
        var unbroken = Train("unbroken", part);
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Train("stopped", part, progress =>
        {
            if (progress.Metrics.Step == 2)
            {
                stop.Cancel();
            }
        }, stop.Token));
        var resumed = Train("stopped", part);

        Assert.Equal(WeightsOf(unbroken), WeightsOf(resumed));
        Assert.Equal(StepsOf(unbroken), StepsOf(resumed));
    }

    [Fact]
    public void That_of_other_weights_is_refused_before_anything_is_trained()
    {
        var whole = Train("whole", new TrainedPart.WholeUNet(), learningRate: 1e-4);

        var error = Assert.Throws<EngineException>(() => Train("adapter", TinyEpoch.Adapter with { OptimizerFrom = OptimizerOf(whole) }));

        Assert.Contains("begin with a new optimizer", error.Message, StringComparison.Ordinal);
    }

    private TrainingResult Train(string name, TrainedPart part, Action<TrainingProgress>? progress = null, CancellationToken stop = default, double learningRate = 1e-2) =>
        new PreferredAlgorithm().Run(new EpochRun(_tiny.Model, _tiny.Epoch, part, _tiny.Place(name) with { CheckHashes = false, Progress = progress }, stop), Options with { LearningRate = learningRate });

    private static string OptimizerOf(TrainingResult result) => Path.Combine(result.Checkpoint, "optimizer.safetensors");

    private static int StepsOf(TrainingResult result)
    {
        using var file = SafeTensors.Open(OptimizerOf(result));
        return int.Parse(file.Metadata["steps"], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] WeightsOf(TrainingResult result) => File.ReadAllBytes(Path.Combine(result.Checkpoint, "weights.safetensors"));
}
