using System.Text;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Weights;

public sealed class FileKindTests
{
    public static TheoryData<byte[], string> Others => new()
    {
        { Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:" + new string('a', 64) + "\nsize 3438167534\n"), "Git LFS pointer" },
        { [0x50, 0x4b, 3, 4, .. "archive/data.pkl"u8], "pickle" },
        { [0x50, 0x4b, 3, 4], "pickle" },
        { [0x80, 2, 0x7d, 0x71, 0, 0x2e], "pickle" },
        { [0x80, 4, 0x95, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x7d], "pickle" },
        { [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], "gzip" },
        { "<!DOCTYPE html><html><head><title>Sign in</title>"u8.ToArray(), "web page" },
        { "\n  <HTML>"u8.ToArray(), "web page" },
        { """<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>"""u8.ToArray(), "web page" },
        { "{\"error\":\"Repository not found\"}"u8.ToArray(), "JSON" },
        { [.. "GGUF"u8, 3, 0, 0, 0, 1, 2, 3, 4], "GGUF" },
        { [0x89, .. "HDF\r\n\x1a\n"u8], "HDF5" },
        { [], "0 bytes" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void A_file_that_is_not_what_its_name_says_is_told_by_its_first_bytes(byte[] bytes, string kind)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("x.safetensors"), bytes);

        var error = Assert.Throws<EngineException>(() => SafeTensors.Open(folder.File("x.safetensors"))).Message;

        Assert.StartsWith($"{folder.File("x.safetensors")}: ", error, StringComparison.Ordinal);
        Assert.Contains(kind, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void A_header_of_any_length_is_safetensors_all_the_same()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        // Lengths whose low bytes are those of a pickle (0x0280) and of gzip (0x8b1f).
        foreach (var length in new[] { 0x0280, 0x8b18 })
        {
            SafeTensors.Write(folder.File("x.safetensors"), new Dictionary<string, Tensor> { ["a"] = ones(1) }, new Dictionary<string, string> { ["note"] = new('n', length - 91) });
            using (var file = File.OpenRead(folder.File("x.safetensors")))
            {
                Assert.InRange(file.ReadByte() | (file.ReadByte() << 8), length - 16, length + 16);
            }

            using var read = SafeTensors.Open(folder.File("x.safetensors"));
            Assert.Equal(["a"], read.Names);
        }
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n", "Git LFS pointer")]
    [InlineData("<html><body>Not found</body></html>", "web page")]
    public void So_is_a_config(string content, string kind)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("config.json"), content);

        Assert.Contains(kind, Assert.Throws<EngineException>(() => ConfigFile.Read(folder.File("config.json"))).Message, StringComparison.Ordinal);
        File.Move(folder.File("config.json"), folder.File("tokenizer.json"));
        Assert.Contains(kind, Assert.Throws<EngineException>(() => ClipTokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
    }
}
