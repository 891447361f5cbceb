using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Adam with decoupled weight decay; see <see cref="Modules.AdamW"/>.</summary>
            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2, without a schedule multiplier.</summary>
    public class AdamW : OptimizerHelper
    {
        private readonly List<(Parameter Parameter, State State)> group;
        private readonly Rate rate;
        private readonly double beta1;
        private readonly double beta2;
        private readonly double eps;
        private readonly double decay;
        private readonly bool maximize;

        /// <exception cref="NotSupportedException"><paramref name="amsgrad"/> is asked for.</exception>
        public AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        {
            if (amsgrad)
            {
                throw new NotSupportedException("AdamW: amsgrad is not supported.");
            }
            rate = new Rate { LearningRate = lr, InitialLearningRate = lr };
            this.beta1 = beta1;
            this.beta2 = beta2;
            this.eps = eps;
            decay = weight_decay;
            this.maximize = maximize;
            group = [.. parameters.Select(parameter => (parameter, new State(parameter)))];
        }

        private protected override IEnumerable<(Parameter Parameter, OptimizerState State)> Members =>
            group.Select(member => (member.Parameter, (OptimizerState)member.State));

        private protected override IEnumerable<torch.optim.ILearningRateController> Rates => [rate];

        public override torch.Tensor? step(Func<torch.Tensor>? closure = null)
        {
            var loss = closure?.Invoke();
            using var untracked = torch.no_grad();
            foreach (var (parameter, state) in group)
            {
                Step(parameter, state);
            }
            return loss;
        }

        private void Step(Parameter parameter, State state)
        {
            using var scope = torch.NewDisposeScope();
            if (parameter.grad is not { } gradient)
            {
                return;
            }
            gradient = maximize ? -gradient : gradient;
            state.step++;
            parameter.mul_(1 - rate.LearningRate * decay);
            state.exp_avg.mul_(beta1).add_(gradient, 1 - beta1);
            state.exp_avg_sq.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
            var correction = Math.Sqrt(1 - Math.Pow(beta2, state.step));
            var denominator = state.exp_avg_sq.sqrt().div_(correction).add_(eps);
            parameter.addcdiv_(state.exp_avg, denominator, -rate.LearningRate / (1 - Math.Pow(beta1, state.step)));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                group.ForEach(member => member.State.Dispose());
            }
        }

        private sealed class Rate : torch.optim.ILearningRateController
        {
            public double LearningRate { get; set; }

            public double InitialLearningRate { get; set; }
        }

        /// <summary>The moments of one parameter's gradients.</summary>
        public sealed class State : OptimizerState, IDisposable
        {
            /// <summary>Steps taken.</summary>
            public long step;

            /// <summary>Running mean of the gradient, shaped like the parameter.</summary>
            public torch.Tensor exp_avg;

            /// <summary>Running mean of the gradient's square.</summary>
            public torch.Tensor exp_avg_sq;

            public State(Parameter parameter)
            {
                exp_avg = torch.zeros_like(parameter).DetachFromDisposeScope();
                exp_avg_sq = torch.zeros_like(parameter).DetachFromDisposeScope();
            }

            public void Dispose()
            {
                exp_avg.Dispose();
                exp_avg_sq.Dispose();
            }
        }
    }
}
