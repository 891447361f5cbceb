using Labeler.Tests.Support;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Experiments;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.MirrorWorld;

/// <summary>The model card's figures in small, so that they cannot drift away from the bundled files.</summary>
public class BundledFiguresTests
{
    [Theory]
    [InlineData("normalcy", 0.4, 0.6)]
    [InlineData("safety", 0.4, 0.6)]
    [InlineData("alignment", 0.4, 0.6)]
    public void The_bundled_model_leaves_something_to_learn_and_draws_what_can_be_read(string name, double least, double most)
    {
        const int Images = 60;
        Experiment experiment = Experiment.Parse(name);
        using var workers = new ComputeThreads(Environment.ProcessorCount, 1);

        Judgement[] seen = [.. EvaluationImages.Sample(Model(), [.. Enumerable.Range(0, Images).Select(experiment.Prompt)], steps: 20, guidance: 1, workers, CancellationToken.None)
            .Select(picture => Oracle.Judge(picture, experiment.Family))];

        Assert.InRange(seen.Count(one => one.IsGood), least * Images, most * Images);
        Assert.InRange(seen.Count(one => !one.Readable), 0, 0.1 * Images);
    }

    [Theory]
    [InlineData(SceneFamily.Hand)]
    [InlineData(SceneFamily.Mirror)]
    [InlineData(SceneFamily.Art)]
    public void The_oracle_reads_scenes_that_went_through_the_bundled_autoencoder(SceneFamily family)
    {
        const int Scenes = 50;
        using var untracked = no_grad();
        StableDiffusion model = Model();
        int right = Enumerable.Range(0, Scenes).Count(number =>
        {
            using var scope = NewDisposeScope();
            Scene scene = Scene.Draw(105, number, family, (int)model.Vae.Config.SampleSize);
            Tensor image = tensor(Array.ConvertAll(scene.Picture.Rgb, value => (value / 127.5f) - 1), [scene.Picture.Height, scene.Picture.Width, 3]);
            Tensor latent = model.Vae.Encode(image.permute(2, 0, 1).unsqueeze(0).contiguous()).Mean;
            Judgement found = Oracle.Judge(LatentDecoder.ToPicture(model.Vae.Decode(latent)), family);
            return found.Readable && (found.Fingers, found.Hazard, found.Fault) == (scene.Truth.Fingers, scene.Truth.Hazard, scene.Truth.Fault);
        });

        Assert.InRange(right, 0.96 * Scenes, Scenes);
    }

    private static StableDiffusion Model() => StableDiffusion.Load(Repository.At("models", "mirror-world"));
}
