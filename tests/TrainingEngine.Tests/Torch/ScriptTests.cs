using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Torch;

public sealed class ScriptTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string path = Path.GetTempFileName();

    public void Dispose()
    {
        scope.Dispose();
        File.Delete(path);
    }

    [Fact]
    public void A_script_computes_what_its_source_says()
    {
        Write("return torch.add(torch.mul(x, 3), y)");
        using var module = jit.load<Tensor, Tensor, Tensor>(path);
        Assert.Equal([13f, 26f], module.forward(tensor(new float[] { 1, 2 }), tensor(new float[] { 10, 20 })).data<float>().ToArray());
    }

    [Fact]
    public void A_tuple_comes_back_as_a_tuple()
    {
        Write("return (torch.neg(x), y)");
        using var module = jit.load(path);
        var (first, second) = ((Tensor, Tensor))module.forward(ones(1), zeros(1));
        Assert.Equal(-1, first.item<float>());
        Assert.Equal(0, second.item<float>());
    }

    [Fact]
    public void A_script_knows_whether_it_is_training()
    {
        Write("return x");
        using var module = jit.load(path);
        module.train();
        Assert.True(module.training);
        module.eval();
        Assert.False(module.training);
    }

    [Fact]
    public void A_script_given_the_wrong_thing_fails_with_a_reason()
    {
        Write("return torch.matmul(x, y)");
        using var module = jit.load(path);
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied", Assert.Throws<ExternalException>(() => module.forward(ones(2, 3), ones(2, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("forward", Assert.Throws<ExternalException>(() => module.forward(ones(2, 3))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => module.forward("text"));
        Assert.Throws<ExternalException>(() => module.invoke("nothing"));
    }

    /// <summary>Writes a module without weights as torch.jit.save lays it out: its source, and a pickle of its one attribute.</summary>
    private void Write(string body)
    {
        var code = $"""
            class Script(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def forward(self: __torch__.Script,
                x: Tensor,
                y: Tensor):
                {body}

            """;
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        Add("data.pkl", Encoding.Latin1.GetBytes("\u0080\u0002c__torch__\nScript\nq\0)\u0081}(X\u0008\0\0\0trainingq\u0001\u0089ubq\u0002."));
        Add("code/__torch__.py", Encoding.UTF8.GetBytes(code));
        Add("constants.pkl", [0x80, 2, (byte)')', (byte)'.']);
        Add("version", "3\n"u8.ToArray());

        void Add(string name, byte[] bytes)
        {
            using var entry = archive.CreateEntry("script/" + name, CompressionLevel.NoCompression).Open();
            entry.Write(bytes);
        }
    }
}
