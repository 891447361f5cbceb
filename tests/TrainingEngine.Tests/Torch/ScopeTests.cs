using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Torch;

public sealed class ScopeTests
{
    [Fact]
    public void A_scope_frees_what_was_made_in_it_and_nothing_else()
    {
        using var before = ones(2);
        Tensor inside;
        using (var scope = NewDisposeScope())
        {
            inside = before + 1;
            Assert.True(scope.Contains(inside));
            Assert.Equal(1, scope.DisposablesCount);
        }
        Assert.True(inside.IsInvalid);
        Assert.False(before.IsInvalid);
    }

    [Fact]
    public void A_tensor_moved_out_lives_as_long_as_the_outer_scope()
    {
        Tensor moved;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                moved = ones(2).MoveToOuterDisposeScope();
            }
            Assert.False(moved.IsInvalid);
        }
        Assert.True(moved.IsInvalid);
    }

    [Fact]
    public void A_detached_tensor_belongs_to_its_caller()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(2).DetachFromDisposeScope();
        }
        Assert.Equal(2, kept.sum().item<float>());
        kept.Dispose();
    }

    [Fact]
    public void A_tensor_can_be_handed_to_the_scope_of_another()
    {
        Tensor handed;
        using (NewDisposeScope())
        {
            var owner = ones(1);
            using (NewDisposeScope())
            {
                handed = ones(2).MoveToOtherDisposeScope(owner);
            }
            Assert.False(handed.IsInvalid);
        }
        Assert.True(handed.IsInvalid);
    }

    [Fact]
    public void Tensors_freed_early_leave_their_scope_in_any_order()
    {
        using var scope = NewDisposeScope();
        var tensors = Enumerable.Range(0, 5).Select(n => full(1, n)).ToArray();
        foreach (var index in new[] { 2, 0, 4 })
        {
            tensors[index].Dispose();
        }
        Assert.Equal(2, scope.DisposablesCount);
        Assert.True(scope.Contains(tensors[1]) && scope.Contains(tensors[3]));
    }

    [Fact]
    public void Each_thread_has_scopes_of_its_own()
    {
        using var scope = NewDisposeScope();
        var theirs = OtherThread.Run(() => (Scope: CurrentDisposeScope, Tensor: ones(1)));
        Assert.Null(theirs.Scope);
        Assert.False(scope.Contains(theirs.Tensor));
        theirs.Tensor.Dispose();
    }

    [Fact]
    public void A_parameter_takes_over_the_tensor_it_is_made_of()
    {
        using var scope = NewDisposeScope();
        var data = ones(3);
        var parameter = nn.Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad && parameter.is_leaf);
        Assert.True(scope.Contains(parameter));
    }

    [Fact]
    public void More_than_a_thousand_training_steps_keep_their_memory()
    {
        using var scope = NewDisposeScope();
        var weight = nn.Parameter(randn(64, 64));
        using var optimizer = optim.AdamW([weight]);
        for (var step = 0; step < 200; step++)
        {
            Step();
        }
        var before = Environment.WorkingSet;
        for (var step = 0; step < 1500; step++)
        {
            Step();
        }
        Assert.InRange(Environment.WorkingSet, 0, before * 1.05 + (4 << 20));
        Assert.Equal(1, scope.DisposablesCount);

        void Step()
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.silu(randn(32, 64).matmul(weight)).pow(2).mean().backward();
            optimizer.step();
        }
    }
}
