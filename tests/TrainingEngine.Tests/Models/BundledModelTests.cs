using Labeler.Tests.Support;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Tests.Models;

public sealed class BundledModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_bundled_model_is_whole_and_small_enough_to_bundle()
    {
        var model = StableDiffusion.Load(Bundled());

        Assert.Equal(128, model.Vae.Config.SampleSize);
        Assert.InRange(Directory.EnumerateFiles(Bundled(), "*.safetensors", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 1, 15_000_000);
    }

    [Fact]
    public void An_altered_file_of_the_bundled_model_is_refused_with_its_name()
    {
        Copy();
        var file = _folder.File("unet", "diffusion_pytorch_model.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);

        var error = Assert.Throws<EngineException>(() => StableDiffusion.Load(_folder.Path));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_file_of_the_bundled_model_is_refused_with_its_name()
    {
        Copy();
        var file = _folder.File("vae", "diffusion_pytorch_model.safetensors");
        using (var stream = File.OpenWrite(file))
        {
            stream.SetLength(stream.Length / 2);
        }

        var error = Assert.Throws<EngineException>(() => StableDiffusion.Load(_folder.Path));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    private void Copy()
    {
        foreach (var file in Directory.EnumerateFiles(Bundled(), "*", SearchOption.AllDirectories))
        {
            var target = _folder.File(Path.GetRelativePath(Bundled(), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static string Bundled() => Repository.At("models", "mirror-world");
}
