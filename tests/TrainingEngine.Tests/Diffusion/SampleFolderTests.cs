using Labeler.Shared.Storage;
using Labeler.Tests.Support;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Tests.Diffusion;

public sealed class SampleFolderTests : IDisposable
{
    private static readonly SamplingOptions Options = new() { Steps = 4, GroupSize = 2, Guidance = 2 };
    private readonly TemporaryFolder _folder = new();
    private readonly StableDiffusion _model;
    private readonly SampleManifest _manifest;

    public SampleFolderTests()
    {
        _model = StableDiffusion.Load(TinyModel.Write(_folder.File("model")));
        _manifest = new SampleManifest
        {
            ModelHash = new string('0', 64),
            AdapterHash = "",
            Prompts = ["a cat", "a dog", "hand"],
            Seed = 9,
            GroupSize = 2,
            Steps = 4,
            Eta = 1,
            Guidance = 2,
            Negative = "",
            Width = 16,
            Height = 16,
            Precision = "float32",
            Storage = "float32",
            KeepMeans = true,
            ImagesAtOnce = 2,
        };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sampling_that_was_stopped_goes_on_and_ends_with_the_same_bytes()
    {
        Fill("whole", workers: 1);
        using var stop = new CancellationTokenSource();
        int steps = 0;

        Assert.Throws<OperationCanceledException>(() => Fill("stopped", workers: 1, stop.Token, () =>
        {
            if (++steps == 6)
            {
                stop.Cancel();
            }
        }));
        Assert.Equal([1, 2], SampleFolder.Open(_folder.File("stopped")).Missing);
        Fill("stopped", workers: 1);

        Assert.Equal(Bytes("whole"), Bytes("stopped"));
    }

    [Fact]
    public void Groups_that_were_computed_together_are_computed_together_again_where_one_is_missing()
    {
        var (whole, mended) = (_manifest with { ImagesAtOnce = 0 }, _folder.File("mended", "trajectories", "00001.safetensors"));
        Fill("whole", workers: 1, from: whole);
        int steps = 0;
        Fill("mended", workers: 1, from: whole);
        File.Delete(mended);
        DateTime kept = File.GetLastWriteTimeUtc(_folder.File("mended", "trajectories", "00000.safetensors"));

        Fill("mended", workers: 1, from: whole, afterStep: () => steps++);

        Assert.Equal(Bytes("whole"), Bytes("mended"));
        Assert.Equal((4, kept), (steps, File.GetLastWriteTimeUtc(_folder.File("mended", "trajectories", "00000.safetensors"))));
    }

    [Fact]
    public void Groups_computed_side_by_side_have_the_same_bytes_as_one_after_the_other()
    {
        Fill("one", workers: 1);
        Fill("two", workers: 2);

        Assert.Equal(Bytes("one"), Bytes("two"));
    }

    [Fact]
    public void Images_lie_in_order_and_carry_their_parameters()
    {
        Fill("samples", workers: 1);

        string[] images = [.. Directory.GetFiles(_folder.File("samples", "images")).Select(file => Path.GetFileName(file)).Order()];
        Assert.Equal(["00000.png", "00001.png", "00002.png", "00003.png", "00004.png", "00005.png"], images);
        string parameters = PngComments.Of(File.ReadAllBytes(_folder.File("samples", "images", "00003.png")))["parameters"];
        Assert.StartsWith("a dog\nNegative prompt: \nSteps: 4, Sampler: DDIM, CFG scale: 2, Eta: 1, Seed: ", parameters, StringComparison.Ordinal);
        Assert.Contains("Variation: 1, Size: 16x16, Model hash: 0000000000", parameters, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_begun_with_other_settings_is_refused_by_their_names()
    {
        SampleFolder.Begin(_folder.File("samples"), _manifest);

        var refusal = Assert.Throws<EngineException>(() => SampleFolder.Begin(_folder.File("samples"), _manifest with { Seed = 10, Prompts = ["x"] }));

        Assert.Contains("another prompts, seed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_other_files_or_without_a_manifest_is_refused()
    {
        File.WriteAllText(_folder.File("note.txt"), "mine");

        Assert.Contains("other files", Assert.Throws<EngineException>(() => SampleFolder.Begin(_folder.Path, _manifest)).Message, StringComparison.Ordinal);
        Assert.Contains("no folder of samples", Assert.Throws<EngineException>(() => SampleFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    private void Fill(string name, int workers, CancellationToken stop = default, Action? afterStep = null, SampleManifest? from = null)
    {
        using var threads = new ComputeThreads(workers, 1);
        SampleManifest all = from ?? _manifest;
        var sampler = new Sampler(_model, NoiseSchedule.Load(_folder.File("model", "scheduler")), Options with { ImagesAtOnce = all.ImagesAtOnce });
        new GroupSampler(_model, sampler, all.ModelHash, "").Fill(SampleFolder.Begin(_folder.File(name), all), threads, stop, afterStep);
    }

    private List<string> Bytes(string name) => [.. Directory.GetFiles(_folder.File(name), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{Path.GetRelativePath(_folder.File(name), file)} {ContentHash.Of(File.ReadAllBytes(file))}")];
}
