using System.Text.Json;
using Labeler.Tests.Support;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Experiments;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Pretraining;

namespace Labeler.TrainingEngine.Tests.Pretraining;

public sealed class SmallModelTests : IDisposable
{
    private static readonly PretrainOptions Shortest = new(Seed: 3, VaeSteps: 1, VaeBatch: 1, Scenes: 2, UnetSteps: 1, UnetBatch: 1, SaveEvery: 1, SheetEvery: 2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<int> Sizes => [.. SmallModel.Sizes];

    [Theory, MemberData(nameof(Sizes))]
    public void A_model_of_each_size_is_made_loads_and_draws_pictures_of_that_size(int size)
    {
        Run(size, Shortest);
        var model = StableDiffusion.Load(_folder.Path);
        using var workers = new ComputeThreads(1, 1);

        var picture = Assert.Single(EvaluationImages.Sample(model, [ScenePrompts.Hand], steps: 2, guidance: 1, workers, CancellationToken.None));

        Assert.Equal((size, size), (picture.Width, picture.Height));
        Assert.Equal(8, model.Denoiser.SampleSize);
    }

    [Fact]
    public void The_bundled_model_is_the_one_that_is_made_by_default()
    {
        string bundled = Repository.At("models", "mirror-world");
        var model = StableDiffusion.Load(bundled);
        int size = SmallModel.Sizes[0];

        Assert.Equal(Said(SmallModel.Vae(size) with { ScalingFactor = model.Vae.Config.ScalingFactor }), Said(model.Vae.Config));
        Assert.Equal(Said(SmallModel.Unet(size)), Said(model.Unet.Config));
    }

    [Fact]
    public void A_run_of_another_size_or_with_other_flaws_is_refused()
    {
        Run(64, Shortest);

        Assert.Contains("other options", Assert.Throws<EngineException>(() => Run(128, Shortest)).Message, StringComparison.Ordinal);
        Assert.Contains("other options", Assert.Throws<EngineException>(() => Run(64, Shortest with { Flaws = new(Art: 0.9) })).Message, StringComparison.Ordinal);
    }

    private void Run(int size, PretrainOptions options) =>
        new PretrainRun(_folder.Path, options, SmallModel.Vae(size), SmallModel.Unet(size), new ThreadChoice(1, 1), TextWriter.Null).Run(CancellationToken.None);

    private static string Said<T>(T config) => JsonSerializer.Serialize(config);
}
