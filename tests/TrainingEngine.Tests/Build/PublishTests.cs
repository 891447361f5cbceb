using Labeler.TrainingEngine.Tests.Training;

namespace Labeler.TrainingEngine.Tests.Build;

/// <summary>
/// A published program stands by itself. Files are linked, not copied, where the file system allows it, so that half a gigabyte
/// of libtorch costs nothing here.
/// </summary>
public sealed class PublishTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_publish_carries_libtorch_beside_the_program_which_runs_on_it()
    {
        Publish();

        var files = Directory.GetFiles(_folder.File("out", "libtorch")).Select(Path.GetFileName).ToArray();
        Assert.Contains("libtorch_cpu.so", files);
        Assert.Contains(files, file => file!.StartsWith("libgomp", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => file == "libtorch_python.so" || file!.EndsWith("_test.so", StringComparison.Ordinal));
        Assert.Matches($@"libtorch +2\.10\.[0-9.]+ from {_folder.File("out", "libtorch")}\n", Info().Output);

        var model = TinyModel.Write(_folder.File("model"));
        var (code, _, errors) = MsBuild.Run("dotnet", null, Program, "sample", "--model", model, "--prompt", "a cat", "--count", "1", "--steps", "2", "--out", _folder.File("samples"));
        Assert.True(code == 0, errors);
    }

    [Fact]
    public void A_publish_without_libtorch_takes_the_one_that_a_variable_names()
    {
        Publish("-p:PublishLibTorch=false");
        Assert.False(Directory.Exists(_folder.File("out", "libtorch")));
        // As a Python installation has it: the libraries in torch/lib, what they are beside them.
        Directory.CreateDirectory(_folder.File("torch"));
        Directory.CreateSymbolicLink(_folder.File("torch", "lib"), LibTorch.Folder!);
        File.WriteAllText(_folder.File("torch", "version.py"), "from typing import Optional\n__version__ = '2.10.0+cpu'\n");

        Assert.Contains($"libtorch  2.10.0+cpu from {_folder.File("torch", "lib")}\n", Info(_folder.File("torch", "lib")).Output, StringComparison.Ordinal);

        File.WriteAllText(_folder.File("torch", "version.py"), "__version__ = '2.9.1+cu128'\n");
        Assert.Equal(
            (1, $"error: LABELER_LIBTORCH={_folder.File("torch", "lib")} is libtorch 2.9.1+cu128; this program needs 2.10\n"),
            (Info(_folder.File("torch", "lib")).Code, Info(_folder.File("torch", "lib")).Errors));
    }

    [Fact]
    public void A_libtorch_that_cannot_be_taken_is_refused_in_one_line()
    {
        string Refusal(string libTorch)
        {
            using var process = EngineProcess.StartWith(new() { ["LABELER_LIBTORCH"] = libTorch }, "info");
            var (code, _, errors) = process.End();
            Assert.Equal((1, 1), (code, errors.Count(letter => letter == '\n')));
            return errors;
        }

        Assert.Contains($"LABELER_LIBTORCH={_folder.File("none")}: there is no such folder", Refusal(_folder.File("none")), StringComparison.Ordinal);
        Assert.Contains("holds no libtorch (libc10.so and libtorch_cpu.so)", Refusal(_folder.Path), StringComparison.Ordinal);

        Directory.CreateDirectory(_folder.File("lib"));
        foreach (var library in Directory.GetFiles(LibTorch.Folder!))
        {
            File.CreateSymbolicLink(_folder.File("lib", Path.GetFileName(library)), library);
        }

        File.WriteAllText(_folder.File("lib", "libtorch_cuda.so"), "half of it");
        Assert.Matches("a part of it cannot be loaded; is it complete\\? \\(.*libtorch_cuda.so", Refusal(_folder.File("lib")));
    }

    private string Program => _folder.File("out", "TrainingEngine.dll");

    private void Publish(params string[] properties) => MsBuild.Dotnet(
        null, ["publish", MsBuild.Engine, "-c", MsBuild.Configuration, "--no-build", "-o", _folder.File("out"), "-v", "q", "--nologo", "-p:CreateHardLinksForPublishFilesIfPossible=true", .. properties]);

    private (int Code, string Output, string Errors) Info(string? libTorch = null) =>
        MsBuild.Run("dotnet", libTorch is null ? null : new Dictionary<string, string> { ["LABELER_LIBTORCH"] = libTorch }, Program, "info");
}
