using System.Buffers.Binary;
using System.Text;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Weights;

public sealed class SafeTensorsTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void Every_element_type_comes_back_bit_by_bit(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var stored = (randn([3, 5, 2]) * 9).to(type);

        SafeTensors.Write(folder.File("a.safetensors"), new Dictionary<string, Tensor> { ["x"] = stored, ["none"] = zeros([0, 4], type), ["one"] = ones([], type) });

        var back = SafeTensors.ReadAll(folder.File("a.safetensors"));
        Assert.Equal(type, back["x"].dtype);
        Assert.Equal(stored.shape, back["x"].shape);
        Assert.Equal(stored.bytes.ToArray(), back["x"].bytes.ToArray());
        Assert.Equal([0, 4], back["none"].shape);
        Assert.Empty(back["one"].shape);
    }

    [Fact]
    public void Metadata_and_views_of_other_tensors_come_back()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var whole = arange(12, ScalarType.Float32).reshape(3, 4).requires_grad_(true);

        SafeTensors.Write(folder.File("a.safetensors"), new Dictionary<string, Tensor> { ["t"] = whole.transpose(0, 1) }, new Dictionary<string, string> { ["prompt"] = "a \"cat\" – 猫" });

        using var file = SafeTensors.Open(folder.File("a.safetensors"));
        Assert.Equal("a \"cat\" – 猫", file.Metadata["prompt"]);
        Assert.Equal([0f, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], file.Read("t").data<float>().ToArray());
    }

    [Fact]
    public void Floats_can_be_narrowed_while_they_are_written_and_whole_numbers_stay()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        SafeTensors.Write(folder.File("a.safetensors"), new Dictionary<string, Tensor> { ["w"] = tensor(new float[] { 1.5f, -2 }), ["n"] = tensor(new long[] { 7 }) }, floats: ScalarType.Float16);

        var back = SafeTensors.ReadAll(folder.File("a.safetensors"));
        Assert.Equal(ScalarType.Float16, back["w"].dtype);
        Assert.Equal([1.5f, -2], back["w"].to(ScalarType.Float32).data<float>().ToArray());
        Assert.Equal(7, back["n"].item<long>());
    }

    public static TheoryData<string, byte[], string> BrokenFiles => new()
    {
        { "empty", [], "too few" },
        { "shorter than a length", [1, 2, 3], "too few" },
        { "a header longer than the file", File(1000, "{}"), "the file ends after 2" },
        { "a header of absurd length", File(ulong.MaxValue, "{}"), "claims 18446744073709551615 bytes" },
        { "a header that is no JSON", File("{\"a\": "), "not what safetensors writes" },
        { "a header that is a list", File("[1, 2]"), "not what safetensors writes" },
        { "an entry without a shape", File("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4), "not what safetensors writes" },
        { "offsets that are words", File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":["0","4"]}}""", 4), "not what safetensors writes" },
        { "a fractional size", File("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4), "not what safetensors writes" },
        { "metadata that is no text", File("""{"__metadata__":{"a":1}}"""), "not what safetensors writes" },
        { "a key twice", File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8), "not what safetensors writes" },
        { "an unknown type", File("""{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}""", 4), "unknown type F4" },
        { "a negative size", File("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4), "negative size" },
        { "a size beyond all bounds", File("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", 4), "absurd shape" },
        { "a shape that does not fit its bytes", File("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4), "needs 8 bytes and has 4" },
        { "tensors that overlap", File("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8), "overlap or leave a gap" },
        { "tensors with a hole between", File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12), "overlap or leave a gap" },
        { "offsets that run backwards", File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,-4]}}""", 4), "needs 4 bytes and has -4" },
        { "a tensor beyond the end", File("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", 12), "truncated" },
        { "bytes behind the last tensor", File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9), "5 bytes behind" },
    };

    [Theory]
    [MemberData(nameof(BrokenFiles))]
    public void A_broken_file_is_one_clear_error_that_names_it(string fault, byte[] content, string told)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("broken.safetensors");
        System.IO.File.WriteAllBytes(path, content);

        var error = Assert.Throws<EngineException>(() => SafeTensors.Open(path));

        Assert.True(error.Message.StartsWith(path, StringComparison.Ordinal) && error.Message.Contains(told, StringComparison.Ordinal), $"{fault}: {error.Message}");
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Every_truncation_of_a_real_file_is_noticed()
    {
        using var folder = new TemporaryFolder();
        var whole = System.IO.File.ReadAllBytes(GoldenCopy.File("golden-d3po", "inputs.safetensors"));
        var path = folder.File("cut.safetensors");
        for (var length = 0; length < whole.Length; length += 97)
        {
            System.IO.File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<EngineException>(() => SafeTensors.Open(path));
        }
    }

    [Fact]
    public void What_is_not_there_is_told_with_its_name()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no.safetensors", Assert.Throws<EngineException>(() => SafeTensors.Open(folder.File("no.safetensors"))).Message, StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => SafeTensors.Open(folder.Path));
        using var file = SafeTensors.Open(GoldenCopy.File("golden-d3po", "inputs.safetensors"));
        Assert.Contains("there is no tensor x", Assert.Throws<EngineException>(() => file.Read("x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.File("a.safetensors");
        SafeTensors.Write(path, new Dictionary<string, Tensor> { ["old"] = ones([2]) });

        var freed = zeros([2]);
        freed.Dispose();
        Assert.Throws<InvalidOperationException>(() => SafeTensors.Write(path, new Dictionary<string, Tensor> { ["x"] = ones([2]), ["z"] = freed }));
        Assert.Throws<EngineException>(() => SafeTensors.Write(folder.File("none", "a.safetensors"), new Dictionary<string, Tensor> { ["x"] = ones([2]) }));

        Assert.Equal([path], Directory.GetFiles(folder.Path));
        Assert.True(SafeTensors.ReadAll(path).ContainsKey("old"));
    }

    [Fact]
    public void A_disk_that_fills_up_leaves_the_old_file_and_nothing_half_written()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.File("a.safetensors");
        SafeTensors.Write(path, new Dictionary<string, Tensor> { ["old"] = ones([2]) });
        // The unfinished file lies on a device that is always full.
        System.IO.File.CreateSymbolicLink(path + ".part", "/dev/full");

        var error = Assert.Throws<EngineException>(() => SafeTensors.Write(path, new Dictionary<string, Tensor> { ["new"] = ones([1 << 20]) }));

        Assert.StartsWith($"{path}: cannot be written (No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        Assert.True(SafeTensors.ReadAll(path).ContainsKey("old"));
    }

    private static byte[] File(string header, int data = 0) => File((ulong)Encoding.UTF8.GetByteCount(header), header, data);

    private static byte[] File(ulong claimed, string header, int data = 0)
    {
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, claimed);
        return [.. prefix, .. Encoding.UTF8.GetBytes(header), .. new byte[data]];
    }
}
