using System.Buffers.Binary;
using System.Text;
using Labeler.TrainingEngine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Weights;

public sealed class Float8Tests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0x00, 0)]
    [InlineData(0x01, 0.001953125)]
    [InlineData(0x07, 0.013671875)]
    [InlineData(0x08, 0.015625)]
    [InlineData(0x30, 0.5)]
    [InlineData(0x38, 1)]
    [InlineData(0x3f, 1.875)]
    [InlineData(0x7e, 448)]
    [InlineData(0xb9, -1.125)]
    [InlineData(0xfe, -448)]
    [InlineData(0xff, float.NaN)]
    public void A_number_of_four_and_three_bits_is_widened_exactly(int bits, float value) => Assert.Equal(value, Read("F8_E4M3")[bits]);

    [Fact]
    public void One_of_five_and_two_bits_is_the_upper_half_of_a_float16() =>
        Assert.Equal(Enumerable.Range(0, 256).Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)(bits << 8))), Read("F8_E5M2"));

    [Fact]
    public void A_type_that_nobody_knows_is_refused_by_name() =>
        Assert.Contains("F8_E8M0", Assert.Throws<EngineException>(() => Read("F8_E8M0")).Message, StringComparison.Ordinal);

    /// <summary>All 256 patterns of a type, as a model is given them.</summary>
    private float[] Read(string type)
    {
        var header = Encoding.ASCII.GetBytes($$$"""{"x":{"dtype":"{{{type}}}","shape":[16,16],"data_offsets":[0,256]}}""");
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        File.WriteAllBytes(_folder.File("x.safetensors"), [.. prefix, .. header, .. Enumerable.Range(0, 256).Select(value => (byte)value)]);
        using var file = SafeTensors.Open(_folder.File("x.safetensors"));
        return file.Read("x").to(ScalarType.Float32).reshape(-1).data<float>().ToArray();
    }
}
