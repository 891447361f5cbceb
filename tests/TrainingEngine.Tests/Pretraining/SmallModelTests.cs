using System.Text.Json;
using Labeler.Tests.Support;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Experiments;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Pretraining;

namespace Labeler.TrainingEngine.Tests.Pretraining;

public sealed class SmallModelTests(SmallModelTests.Large large) : IClassFixture<SmallModelTests.Large>
{
    private static readonly PretrainOptions Shortest = new(Seed: 3, VaeSteps: 1, VaeBatch: 1, Scenes: 2, UnetSteps: 1, UnetBatch: 1, SaveEvery: 1);

    [Fact]
    public void A_model_of_128_pixels_is_made_loads_and_draws_pictures_of_that_size_from_as_few_latents()
    {
        var model = StableDiffusion.Load(large.Folder);
        using var workers = new ComputeThreads(1, 1);

        var picture = Assert.Single(EvaluationImages.Sample(model, [ScenePrompts.Hand], steps: 2, guidance: 1, workers, CancellationToken.None));

        Assert.Equal((128, 128), (picture.Width, picture.Height));
        Assert.Equal(SmallModel.Unet(64).SampleSize, model.Denoiser.SampleSize);
    }

    [Fact]
    public void The_bundled_model_is_the_one_that_is_made_by_default()
    {
        var model = StableDiffusion.Load(Repository.At("models", "mirror-world"));
        int size = SmallModel.Sizes[0];

        Assert.Equal(Said(SmallModel.Vae(size) with { ScalingFactor = model.Vae.Config.ScalingFactor }), Said(model.Vae.Config));
        Assert.Equal(Said(SmallModel.Unet(size)), Said(model.Unet.Config));
        Assert.Equal(new PretrainOptions(), PretrainOptions.For(size));
    }

    [Fact]
    public void A_run_of_another_size_or_with_other_flaws_is_refused()
    {
        Assert.Contains("other options", Assert.Throws<EngineException>(() => Run(large.Folder, 64, Shortest)).Message, StringComparison.Ordinal);
        Assert.Contains("other options", Assert.Throws<EngineException>(() => Run(large.Folder, 128, Shortest with { Flaws = new(Art: 0.9) })).Message, StringComparison.Ordinal);
    }

    /// <summary>A run of 128 pixels from beginning to end.</summary>
    public sealed class Large : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Large() => Run(Folder, 128, Shortest);

        public string Folder => _folder.Path;

        public void Dispose() => _folder.Dispose();
    }

    private static void Run(string folder, int size, PretrainOptions options) =>
        new PretrainRun(folder, options, SmallModel.Vae(size), SmallModel.Unet(size), new ThreadChoice(1, 1), TextWriter.Null).Run(CancellationToken.None);

    private static string Said<T>(T config) => JsonSerializer.Serialize(config);
}
