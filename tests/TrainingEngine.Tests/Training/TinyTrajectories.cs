using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Tests.Training;

/// <summary>Groups of images sampled from <see cref="TinyModel"/>, in milliseconds.</summary>
internal static class TinyTrajectories
{
    public const int Steps = 4;

    /// <summary>Loads the tiny model of a folder, made there first.</summary>
    public static StableDiffusion Model(string folder)
    {
        TorchExtensions.SetThreads(1);
        return StableDiffusion.Load(TinyModel.Write(folder));
    }

    /// <summary>Samples groups into trajectory files and returns their paths.</summary>
    public static string[] Sample(StableDiffusion model, string folder, int groups, int size, double guidance = 1, bool keepMeans = true)
    {
        Directory.CreateDirectory(folder);
        var options = new SamplingOptions { Steps = Steps, Guidance = guidance, GroupSize = size, KeepMeans = keepMeans };
        var sampler = new Sampler(model, ModelSchedule.Of(model), options);
        return [.. Enumerable.Range(0, groups).Select(group =>
        {
            var path = Path.Combine(folder, $"{group:00000}.safetensors");
            using var trajectory = sampler.Sample(group % 2 == 0 ? "a cat" : "a dog", (ulong)group);
            trajectory.Save(path);
            return path;
        })];
    }
}
