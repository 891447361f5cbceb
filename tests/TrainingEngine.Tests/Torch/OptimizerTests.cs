using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Torch;

public sealed class OptimizerTests
{
    [Fact]
    public void AdamW_takes_the_steps_of_its_formula()
    {
        using var scope = NewDisposeScope();
        var gradients = new[] { 0.3, -0.02, 1.5 };
        using var weight = new Parameter(tensor(new[] { 2.0 }));
        using var optimizer = optim.AdamW([weight], lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-6, weight_decay: 0.1);
        var (w, m, v) = (2.0, 0.0, 0.0);
        for (var t = 1; t <= gradients.Length; t++)
        {
            var g = gradients[t - 1];
            weight.grad = tensor(new[] { g });
            optimizer.step();
            w -= 0.01 * 0.1 * w;
            (m, v) = (0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g * g);
            w -= 0.01 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.99, t))) + 1e-6);
        }
        Assert.Equal(w, weight.item<double>(), 1e-12);
    }

    [Fact]
    public void An_optimizer_given_anothers_state_goes_on_bit_equal()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var (start, gradients) = (randn(7, 3), Enumerable.Range(0, 4).Select(_ => randn(7, 3)).ToArray());

        using var whole = new Parameter(start.clone());
        using var first = optim.AdamW([whole], 0.1);
        using var resumed = new Parameter(start.clone());
        for (var step = 0; step < 4; step++)
        {
            if (step == 2)
            {
                resumed.requires_grad_(false).copy_(whole.detach());
                resumed.requires_grad_();
            }
            whole.grad = gradients[step];
            first.step();
        }
        using var replay = new Parameter(start.clone());
        using var second = optim.AdamW([replay], 0.1);
        replay.grad = gradients[0];
        second.step();
        replay.grad = gradients[1];
        second.step();
        var saved = (AdamW.State)second.state_dict().State[0];

        using var third = optim.AdamW([resumed], 0.1);
        var restored = (AdamW.State)third.state_dict().State[0];
        restored.step = saved.step;
        restored.exp_avg.copy_(saved.exp_avg);
        restored.exp_avg_sq.copy_(saved.exp_avg_sq);
        foreach (var gradient in gradients[2..])
        {
            resumed.grad = gradient;
            third.step();
        }
        Assert.Equal(whole.data<float>().ToArray(), resumed.data<float>().ToArray());
    }

    [Fact]
    public void Clipping_scales_all_gradients_to_the_norm_asked_for()
    {
        using var scope = NewDisposeScope();
        using var left = new Parameter(zeros(2));
        using var right = new Parameter(zeros(1));
        left.grad = tensor(new float[] { 3, 0 });
        right.grad = tensor(new float[] { 4 });
        Assert.Equal(5, nn.utils.clip_grad_norm_([left, right], 10), 1e-6);
        Assert.Equal(4, right.grad!.item<float>());
        Assert.Equal(5, nn.utils.clip_grad_norm_([left, right], 1), 1e-6);
        Assert.Equal(0.8f, right.grad!.item<float>(), 1e-5f);
    }
}
