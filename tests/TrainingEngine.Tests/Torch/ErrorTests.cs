using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Labeler.TrainingEngine.Tests.Torch;

public sealed class ErrorTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void A_wrong_shape_names_the_operator_the_shapes_and_libtorchs_reason()
    {
        var error = Refused(() => zeros(2, 3).matmul(zeros(4, 5)));
        Assert.StartsWith("aten::matmul([2, 3], [4, 5]): ", error, StringComparison.Ordinal);
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", error, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_layers_are_refused_with_their_shapes()
    {
        Assert.Contains("[1, 3, 8, 8], [4, 2, 3, 3]", Refused(() => F.conv2d(zeros(1, 3, 8, 8), zeros(4, 2, 3, 3))), StringComparison.Ordinal);
        Assert.Contains("aten::group_norm([1, 6, 2], 4", Refused(() => F.group_norm(zeros(1, 6, 2), 4)), StringComparison.Ordinal);
        Assert.Contains("{[2, 2], [2, 3]}", Refused(() => cat([zeros(2, 2), zeros(2, 3)])), StringComparison.Ordinal);
        Assert.Contains("shape '[7]' is invalid for input of size 6", Refused(() => zeros(6).view(7)), StringComparison.Ordinal);
    }

    [Fact]
    public void Different_element_types_are_refused_by_name()
    {
        var error = Refused(() => zeros(2, 2).matmul(zeros([2, 2], float64)));
        Assert.Contains("Double", error, StringComparison.Ordinal);
        Refused(() => F.conv2d(zeros(1, 1, 4, 4).to(bfloat16), zeros(1, 1, 3, 3)));
    }

    [Fact]
    public void A_backward_pass_that_cannot_be_is_an_error_not_the_end_of_the_process()
    {
        var x = ones(3, requires_grad: true);
        Assert.Contains("grad can be implicitly created only for scalar outputs", Refused(() => (x * 2).backward()), StringComparison.Ordinal);
        var mismatch = Refused(() => (x * 2).backward([ones(4)]));
        Assert.StartsWith("backward([3]): ", mismatch, StringComparison.Ordinal);
        Assert.Contains("[4]", mismatch, StringComparison.Ordinal);
        Assert.Contains("does not require grad", Refused(() => ones(3).sum().backward()), StringComparison.Ordinal);
        var loss = (x * x).sum();
        loss.backward();
        Assert.Contains("backward through the graph a second time", Refused(() => loss.backward()), StringComparison.Ordinal);
        var root = x.exp();
        var late = root.sum();
        root.detach().add_(1);
        root.add_(1);
        Assert.Contains("modified by an inplace operation", Refused(() => late.mul(root.sum()).backward()), StringComparison.Ordinal);
        Assert.Contains("leaf Variable that requires grad", Refused(() => x.add_(1)), StringComparison.Ordinal);
        Assert.Contains("floating point", Refused(() => ones([2], int64).requires_grad_()), StringComparison.Ordinal);
        Assert.Contains("unused", Refused(() => autograd.grad([(x * 2).sum()], [ones(1, requires_grad: true)])), StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_outside_its_dimension_is_refused()
    {
        Assert.Contains("aten::select([3, 2], 0, 5): ", Refused(() => zeros(3, 2)[5]), StringComparison.Ordinal);
        Assert.Contains("out of", Refused(() => zeros(3, 2).sum(2)), StringComparison.Ordinal);
        Assert.Contains("out of range", Refused(() => zeros(3).index_select(0, tensor(new long[] { 3 }))), StringComparison.Ordinal);
        Assert.Throws<IndexOutOfRangeException>(() => zeros(3, 2).data<float>()[2, 2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => zeros(3, 2).size(2));
    }

    [Fact]
    public void A_device_that_is_not_there_is_refused()
    {
        if (!cuda.is_available())
        {
            Assert.Contains("cuda", Refused(() => zeros([2], device: CUDA)), StringComparison.OrdinalIgnoreCase);
            Assert.Contains("cuda", Refused(() => zeros(2).cuda()), StringComparison.OrdinalIgnoreCase);
        }
        Assert.Contains("'gpu'", Assert.Throws<ArgumentException>(() => device("gpu")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_tensor_can_be_used_for_nothing()
    {
        var gone = ones(2);
        gone.Dispose();
        Assert.True(gone.IsInvalid);
        Assert.Throws<ObjectDisposedException>(() => gone + 1);
        Assert.Throws<ObjectDisposedException>(() => gone.shape);
        Assert.Throws<ObjectDisposedException>(() => cat([ones(2), gone]));
        Assert.Throws<ObjectDisposedException>(() => autograd.backward([ones(1, requires_grad: true).sum(), gone]));
        Assert.Throws<ObjectDisposedException>(() => gone.item<float>());
        gone.Dispose();
    }

    [Fact]
    public void Values_are_read_only_as_what_they_are()
    {
        Assert.Throws<ArgumentException>(() => ones(1).item<double>());
        Assert.Throws<ArgumentException>(() => ones(2).item<float>());
        Assert.Throws<ArgumentException>(() => tensor(new float[3], [2, 2]));
        Assert.Throws<InvalidOperationException>(() => ones(2, 3).transpose(0, 1).bytes.Length);
    }

    [Fact]
    public void A_file_that_is_no_script_says_so()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "not a script");
            var error = Assert.Throws<ExternalException>(() => jit.load(path));
            Assert.Contains(path + " is not a TorchScript module", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Throws<FileNotFoundException>(() => jit.load(path));
    }

    private static string Refused(Func<object> action) => Assert.Throws<ExternalException>(action).Message;

    private static string Refused(Action action) => Assert.Throws<ExternalException>(action).Message;
}
