using System.IO.Compression;
using System.Text;

namespace Labeler.TrainingEngine.Tests.Rewards;

/// <summary>Writes TorchScript modules without weights as torch.jit.save lays them out: their source, and a pickle of one attribute.</summary>
internal static class ScriptArchive
{
    /// <summary>A module, of one image tensor x unless its parameters say otherwise, with the body of its forward method and what it returns.</summary>
    public static string Write(string path, string body, string type = "Tensor", string parameters = "x: Tensor")
    {
        var code = $"""
            class Script(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def forward(self: __torch__.Script,
                {parameters}) -> {type}:
                {body}

            """;
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        Add("data.pkl", Encoding.Latin1.GetBytes("\u0080\u0002c__torch__\nScript\nq\0)\u0081}(X\u0008\0\0\0trainingq\u0001\u0089ubq\u0002."));
        Add("code/__torch__.py", Encoding.UTF8.GetBytes(code));
        Add("constants.pkl", [0x80, 2, (byte)')', (byte)'.']);
        Add("version", "3\n"u8.ToArray());
        return path;

        void Add(string name, byte[] bytes)
        {
            using var entry = archive.CreateEntry("script/" + name, CompressionLevel.NoCompression).Open();
            entry.Write(bytes);
        }
    }
}
