using System.Text.Json;
using Labeler.Tests.Support;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Experiments;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Pretraining;

namespace Labeler.TrainingEngine.Tests.Pretraining;

public sealed class SmallModelTests(SmallModelTests.Made made) : IClassFixture<SmallModelTests.Made>
{
    private static readonly PretrainOptions Shortest = new(Seed: 3, VaeSteps: 1, VaeBatch: 1, Scenes: 2, UnetSteps: 1, UnetBatch: 1, SaveEvery: 1);

    [Fact]
    public void A_model_is_made_loads_and_draws_pictures_of_128_pixels()
    {
        var model = StableDiffusion.Load(made.Folder);
        using var workers = new ComputeThreads(1, 1);

        var picture = Assert.Single(EvaluationImages.Sample(model, [ScenePrompts.Hand], steps: 2, guidance: 1, workers, CancellationToken.None));

        Assert.Equal((128, 128), (picture.Width, picture.Height));
    }

    [Fact]
    public void The_bundled_model_is_the_one_that_is_made()
    {
        var model = StableDiffusion.Load(Repository.At("models", "mirror-world"));

        Assert.Equal(Said(SmallModel.Vae with { ScalingFactor = model.Vae.Config.ScalingFactor }), Said(model.Vae.Config));
        Assert.Equal(Said(SmallModel.Unet), Said(model.Unet.Config));
    }

    [Fact]
    public void A_run_with_other_flaws_is_refused()
    {
        Assert.Contains("other options", Assert.Throws<EngineException>(() => Run(made.Folder, Shortest with { Flaws = new(Art: 0.9) })).Message, StringComparison.Ordinal);
    }

    /// <summary>A run from beginning to end.</summary>
    public sealed class Made : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Made() => Run(Folder, Shortest);

        public string Folder => _folder.Path;

        public void Dispose() => _folder.Dispose();
    }

    private static void Run(string folder, PretrainOptions options) =>
        new PretrainRun(folder, options, SmallModel.Vae, SmallModel.Unet, new ThreadChoice(1, 1), TextWriter.Null).Run(CancellationToken.None);

    private static string Said<T>(T config) => JsonSerializer.Serialize(config);
}
