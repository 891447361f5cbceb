using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Pretraining;

namespace Labeler.TrainingEngine.Tests.Pretraining;

public sealed class PretrainRunTests(PretrainRunTests.Whole whole) : IClassFixture<PretrainRunTests.Whole>, IDisposable
{
    private static readonly PretrainOptions Short = new(Seed: 3, VaeSteps: 4, VaeBatch: 4, Scenes: 32, UnetSteps: 4, UnetBatch: 8, SaveEvery: 1, SheetEvery: 4);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_that_was_stopped_and_resumed_ends_with_the_same_weights()
    {
        var pieces = _folder.File("pieces");
        for (var tries = 0; !File.Exists(Path.Combine(pieces, "pretraining", "u-net-00004.png")); tries++)
        {
            Assert.True(tries < 50);
            // Each try is stopped once it has written one more checkpoint.
            using var stop = new CancellationTokenSource();
            using var watch = new FileSystemWatcher(Directory.CreateDirectory(Path.Combine(pieces, "pretraining")).FullName) { Filters = { "autoencoder.safetensors", "u-net.safetensors" }, EnableRaisingEvents = true };
            watch.Renamed += (_, _) => stop.Cancel();
            try
            {
                Run(pieces).Run(stop.Token);
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }
        }
        foreach (var file in new[] { "unet/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Folder, file)), File.ReadAllBytes(Path.Combine(pieces, file)));
        }
    }

    [Fact]
    public void What_it_makes_loads_as_a_model()
    {
        var model = StableDiffusion.Load(whole.Folder);

        Assert.InRange(model.Vae.Config.ScalingFactor, 0.01, 100);
    }

    [Fact]
    public void A_folder_with_another_run_is_refused()
    {
        var error = Assert.Throws<EngineException>(() => Run(whole.Folder, Short with { Seed = 4 }).Run(CancellationToken.None));

        Assert.Contains("other options", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A run from beginning to end, which the tests look at.</summary>
    public sealed class Whole : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Whole() => Run(Folder).Run(CancellationToken.None);

        public string Folder => _folder.Path;

        public void Dispose() => _folder.Dispose();
    }

    private static PretrainRun Run(string path, PretrainOptions? options = null) =>
        new(path, options ?? Short, TinyModel.Vae with { ScalingFactor = 1 }, TinyModel.Unet with { ContextWidth = SmallModel.Text(1).Width }, new ThreadChoice(1, 1), TextWriter.Null);
}
