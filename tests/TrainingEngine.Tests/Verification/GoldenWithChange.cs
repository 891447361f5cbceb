using System.Text.RegularExpressions;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Verification;
using Labeler.TrainingEngine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Verification;

/// <summary>A golden set, all of it links, of which one file is changed.</summary>
internal sealed class GoldenWithChange : IDisposable
{
    private readonly TemporaryFolder _copy = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public string File(string name) => _copy.File(name.Split('/'));

    public VerifiedFile Verify(string name) => GoldenVerification.One(_copy.Path, name, CPU);

    /// <summary>Changes one element of every tensor that is a result, and asserts that each is named.</summary>
    /// <param name="root">The golden set.</param>
    /// <param name="name">The file.</param>
    /// <param name="inputs">Pattern of the keys that are given and not expected.</param>
    public void AssertEveryKeyFails(string root, string name, string inputs)
    {
        Copy(root);
        Dictionary<string, Tensor> tensors = SafeTensors.ReadAll(File(name));
        string[] expected = [.. tensors.Keys.Where(key => !Regex.IsMatch(key, inputs))];
        foreach (string key in expected)
        {
            Change(tensors[key]);
        }

        SafeTensors.Write(_copy.File("changed.safetensors"), tensors);
        Replace(name, System.IO.File.ReadAllBytes(_copy.File("changed.safetensors")));

        VerifiedFile file = Verify(name);

        Assert.True(file.Fault is null && file.Skipped is null, file.ToString());
        string[] failed = [.. file.Findings.Where(finding => !finding.Ok).Select(finding => finding.Quantity.Split(' ')[0]).Distinct()];
        Assert.NotEmpty(expected);
        Assert.All(expected, key => Assert.Contains(failed, quantity => quantity == key || (quantity.EndsWith('*') && key.StartsWith(quantity[..^1], StringComparison.Ordinal))));
    }

    public void AssertPictureFails(string root, string name)
    {
        Copy(root);
        Picture picture = Picture.Decode(System.IO.File.ReadAllBytes(File(name)));
        picture.Rgb[1000] = (byte)(picture.Rgb[1000] < 128 ? picture.Rgb[1000] + 3 : picture.Rgb[1000] - 3);
        Replace(name, picture.ToPng());

        Assert.False(Verify(name).Ok);
    }

    /// <summary>Everything as links.</summary>
    public void Copy(string root)
    {
        foreach (string folder in Directory.GetDirectories(root))
        {
            string target = _copy.File(Path.GetFileName(folder));
            if (Path.GetFileName(folder).StartsWith("tiny-", StringComparison.Ordinal))
            {
                Directory.CreateSymbolicLink(target, folder);
                continue;
            }

            Directory.CreateDirectory(target);
            foreach (string file in Directory.GetFiles(folder))
            {
                System.IO.File.CreateSymbolicLink(Path.Combine(target, Path.GetFileName(file)), file);
            }

            foreach (string inner in Directory.GetDirectories(folder))
            {
                Directory.CreateSymbolicLink(Path.Combine(target, Path.GetFileName(inner)), inner);
            }
        }
    }

    /// <summary>A model of another golden set, in the place of what a set takes by reference.</summary>
    public void Link(string model) => Directory.CreateSymbolicLink(_copy.File(Path.GetFileName(model)), model);

    public void Replace(string name, byte[] bytes)
    {
        System.IO.File.Delete(File(name));
        System.IO.File.WriteAllBytes(File(name), bytes);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _copy.Dispose();
    }

    /// <summary>Changes the last element; where the original has no number, gives it one.</summary>
    private static void Change(Tensor tensor)
    {
        Tensor flat = tensor.view(-1);
        if (!tensor.is_floating_point())
        {
            flat[^1] += 1;
        }
        else if (flat.isfinite().all().item<bool>())
        {
            flat[^1] += 1e-3 * Math.Max(1, flat.abs().max().to(float32).item<float>());
        }
        else
        {
            flat.fill_(0);
        }
    }
}
