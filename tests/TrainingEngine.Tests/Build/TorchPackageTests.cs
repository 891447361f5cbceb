using System.Text.Json;

namespace Labeler.TrainingEngine.Tests.Build;

/// <summary>Which packages a build asks for, read from the evaluated project: nothing is restored.</summary>
public sealed class TorchPackageTests
{
    [Fact]
    public void Without_a_word_the_engine_stands_on_the_libtorch_of_this_system_for_the_processor()
    {
        var references = References(null);

        Assert.Contains(("TorchSharp", "0.107.0"), references);
        Assert.Contains(("libtorch-cpu-linux-x64", "2.10.0"), references);
        Assert.Equal(2, references.Count(reference => reference.Name.Contains("torch", StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [InlineData("-p:LabelerCuda=true", null)]
    [InlineData(null, "1")]
    public void One_property_or_variable_takes_the_package_with_cuda_and_no_other(string? property, string? variable)
    {
        var references = References(variable, property is null ? [] : [property]);

        Assert.Contains(("TorchSharp", "0.107.0"), references);
        Assert.Contains(("TorchSharp-cuda-linux", "0.107.0"), references);
        Assert.DoesNotContain(references, reference => reference.Name.StartsWith("libtorch-cpu", StringComparison.OrdinalIgnoreCase));
    }

    private static List<(string Name, string Version)> References(string? variable, params string[] properties)
    {
        var environment = variable is null ? null : new Dictionary<string, string> { ["LABELER_CUDA"] = variable };
        using var json = JsonDocument.Parse(MsBuild.Dotnet(environment, ["msbuild", MsBuild.Engine, "-getItem:PackageReference,PackageVersion", .. properties]));
        var items = json.RootElement.GetProperty("Items");
        var versions = items.GetProperty("PackageVersion").EnumerateArray().ToDictionary(item => item.GetProperty("Identity").GetString()!, item => item.GetProperty("Version").GetString()!);
        return [.. items.GetProperty("PackageReference").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!).Select(name => (name, versions[name]))];
    }
}
