using System.Reflection;
using TorchSharp;
using Xunit;

namespace Labeler.TrainingEngine.Tests.Torch;

/// <summary>
/// The binding is a subset of TorchSharp, so that the folder can be replaced by the package. TorchSharp.signatures.txt lists
/// its public members; each was compared with official TorchSharp's by <see cref="Every_signature_is_official_TorchSharps"/>.
/// </summary>
public sealed class SignatureTests
{
    [Fact]
    public void Nothing_is_public_but_what_the_list_of_signatures_holds()
    {
        var listed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Torch", "TorchSharp.signatures.txt"));
        var actual = PublicSignatures.Of(typeof(torch).Assembly, "TorchSharp");
        Assert.Equal([], actual.Except(listed));
        Assert.Equal([], listed.Except(actual));
    }

    [OfficialFact]
    public void Every_signature_is_official_TorchSharps()
    {
        var official = PublicSignatures.Of(Assembly.LoadFrom(OfficialFactAttribute.Path!), "TorchSharp");
        Assert.Equal([], PublicSignatures.Of(typeof(torch).Assembly, "TorchSharp").Except(official));
    }

    /// <summary>Runs where TORCHSHARP_ASSEMBLY names an official TorchSharp.dll.</summary>
    private sealed class OfficialFactAttribute : FactAttribute
    {
        public OfficialFactAttribute() => Skip = File.Exists(Path) ? null : "set TORCHSHARP_ASSEMBLY to an official TorchSharp.dll";

        public static string? Path => Environment.GetEnvironmentVariable("TORCHSHARP_ASSEMBLY");
    }
}
