using Bunit;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Labeler.Web.Features.Projects;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

public sealed class ModelCostTests : BunitContext
{
    private static readonly string Bundled = Path.Combine(Repository.Root, "models", "mirror-world");
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-cost-").FullName;

    public ModelCostTests()
    {
        Services.AddLocalization();
        Services.AddSingleton(new DataFolder(_folder));
        MakeModel();
    }

    [Fact]
    public void What_is_offloaded_is_spared_on_a_GPU_and_not_on_the_processor_which_keeps_it_in_the_same_memory()
    {
        Assert.Equal(Memory("cpu", offload: false), Memory("cpu", offload: true));
        Assert.NotEqual(Memory("cuda:0", offload: false), Memory("cuda:0", offload: true));
        Assert.Equal(Memory("cpu", offload: false).Split(';')[0], Memory("cuda:0", offload: false).Split(';')[0]);
    }

    protected override void Dispose(bool disposing)
    {
        Directory.Delete(_folder, recursive: true);
        base.Dispose(disposing);
    }

    // The bundled model with a further text encoder of 4 GB, of which nothing but the head is read.
    private void MakeModel()
    {
        foreach (var file in Directory.GetFiles(Bundled, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder, Path.GetRelativePath(Bundled, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        var head = """{"weight":{"dtype":"F32","shape":[1000,1000000],"data_offsets":[0,4000000000]}}"""u8;
        using var texts = File.Create(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "text_encoder_2")).FullName, "model.safetensors"));
        texts.Write(BitConverter.GetBytes((long)head.Length));
        texts.Write(head);
        texts.SetLength(texts.Length + 4_000_000_000);
    }

    private string Memory(string device, bool offload)
    {
        var settings = new ProjectSettings { ModelFolder = _folder };
        settings = settings with { Compute = settings.Compute with { Offload = offload, OffloadVae = offload } };
        var cost = Render<ModelCost>(line => line.Add(one => one.Settings, settings).Add(one => one.Device, device));
        // What the machine has free changes from one moment to the next.
        return cost.FindAll("dd")[1].TextContent.Split("; ")[0];
    }
}
