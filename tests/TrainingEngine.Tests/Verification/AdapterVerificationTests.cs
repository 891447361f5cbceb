using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Verification;
using Labeler.TrainingEngine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Verification;

/// <summary>Adapters and single files of the reference data, and that a changed expected value fails.</summary>
public sealed class AdapterVerificationTests : IDisposable
{
    private readonly TemporaryFolder _copy = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Deltas => Files("golden-lora", file => !file.Contains(".expected.") && file is not ("inputs.safetensors" or "without_lora.safetensors"));

    public static TheoryData<string> UNetOutputs => Files("golden-lora", file => file.StartsWith("sd15_") || file.StartsWith("sdxl_"), ".expected.safetensors");

    public static TheoryData<string> Maps => Files("golden-single-file", _ => true, ".map.json");

    public void Dispose()
    {
        _scope.Dispose();
        _copy.Dispose();
    }

    [FlowGoldenTheory]
    [MemberData(nameof(Deltas))]
    public void An_adapter_of_every_format_adds_to_each_layer_what_its_trainer_meant(string name) => AssertOk(name);

    [FlowGoldenTheory]
    [MemberData(nameof(UNetOutputs))]
    public void U_net_and_text_encoders_say_with_it_what_the_original_libraries_say(string name) => AssertOk(name);

    [FlowGoldenTheory]
    [MemberData(nameof(Maps))]
    public void A_checkpoint_in_one_file_holds_the_tensors_of_the_folder_to_the_last_bit(string name) => AssertOk(name);

    [FlowGoldenTheory]
    [InlineData("sdxl_kohya_ldm")]
    [InlineData("sd15_kohya")]
    public void Every_changed_output_fails(string name)
    {
        Copy();
        var path = _copy.File("set", "golden-lora", $"{name}.expected.safetensors");
        var tensors = SafeTensors.ReadAll(path);
        foreach (var tensor in tensors.Values)
        {
            tensor.view(-1)[^1] += 1e-3;
        }
        File.Delete(path);
        SafeTensors.Write(path, tensors);

        var file = GoldenVerification.One(_copy.File("set"), $"golden-lora/{name}.expected.safetensors", CPU);

        Assert.Null(file.Fault);
        Assert.All(tensors.Keys, key => Assert.Contains(file.Findings, finding => !finding.Ok && finding.Quantity.StartsWith($"{key} ", StringComparison.Ordinal)));
    }

    [FlowGoldenTheory]
    [InlineData("sum", 0)]
    [InlineData("abs_sum", 0)]
    [InlineData("norm", 0)]
    [InlineData("scale", 0)]
    [InlineData("shape", 1)]
    [InlineData("first", 2)]
    [InlineData("last", 1)]
    public void Every_changed_figure_of_a_layer_fails(string figure, int place)
    {
        Copy();
        var path = _copy.File("set", "golden-lora", "sdxl_kohya_ldm.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        var module = json["modules"]![7]!;
        if (module[figure] is JsonArray list)
        {
            list[place] = figure == "shape" ? list[place]!.GetValue<int>() + 1 : JsonValue.Create(list[place]!.GetValue<double>() + 1e-4);
        }
        else
        {
            module[figure] = module[figure]!.GetValue<double>() + 1e-2;
        }
        File.Delete(path);
        File.WriteAllText(path, json.ToJsonString());

        Assert.Equal(1, GoldenVerification.One(_copy.File("set"), "golden-lora/sdxl_kohya_ldm.safetensors", CPU).Findings.Count(finding => !finding.Ok));
    }

    [FlowGoldenTheory]
    [InlineData(0, "model.diffusion_model.input_blocks.0.0.weird")]
    [InlineData(6, "0123456789abcdef")]
    public void A_changed_map_fails(int column, string value)
    {
        Copy();
        var path = _copy.File("set", "golden-single-file", "tiny-sd15.map.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json["tensors"]![0]![column] = value;
        File.Delete(path);
        File.WriteAllText(path, json.ToJsonString());

        Assert.False(GoldenVerification.One(_copy.File("set"), "golden-single-file/tiny-sd15.map.json", CPU).Ok);
    }

    private static void AssertOk(string name)
    {
        var file = GoldenVerification.One(GoldenFolder.Flow!, name, CPU);

        Assert.True(file.Ok && file.Skipped is null, file.ToString());
    }

    private static TheoryData<string> Files(string folder, Func<string, bool> wanted, string ending = ".safetensors") => GoldenFolder.Flow is null
        ? ["none"]
        : [.. Directory.GetFiles(Path.Combine(GoldenFolder.Flow, folder), $"*{ending}").Select(file => Path.GetFileName(file)!).Where(wanted).Order().Select(file => $"{folder}/{file}")];

    /// <summary>Everything as links.</summary>
    private void Copy()
    {
        Directory.CreateSymbolicLink(_copy.File("golden"), GoldenFolder.Path!);
        foreach (var folder in Directory.GetDirectories(GoldenFolder.Flow!))
        {
            var target = Directory.CreateDirectory(_copy.File("set", Path.GetFileName(folder)));
            foreach (var file in Directory.GetFileSystemEntries(folder))
            {
                File.CreateSymbolicLink(Path.Combine(target.FullName, Path.GetFileName(file)), file);
            }
        }
    }
}
