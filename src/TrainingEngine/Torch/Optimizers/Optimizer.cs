using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>The learning rate of a group of parameters.</summary>
            public interface ILearningRateController
            {
                double LearningRate { get; set; }

                /// <summary>As it was at the start.</summary>
                double InitialLearningRate { get; set; }
            }

            /// <summary>Moves parameters by their gradients.</summary>
            public abstract class Optimizer : IDisposable
            {
                ~Optimizer() => Dispose(false);

                public abstract IEnumerable<Parameter> parameters();

                /// <summary>Where the learning rates are read and set.</summary>
                public virtual IEnumerable<ILearningRateController> ParamGroups => Rates;

                private protected virtual IEnumerable<ILearningRateController> Rates => [];

                /// <summary>Takes one step.</summary>
                /// <param name="closure">Computes the loss and its gradients first, where it is given; its loss is returned.</param>
                public abstract Tensor? step(Func<Tensor>? closure = null);

                /// <summary>Sets the gradients to zero.</summary>
                public virtual void zero_grad()
                {
                    foreach (var parameter in parameters())
                    {
                        using var gradient = parameter.grad;
                        gradient?.zero_();
                    }
                }

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected virtual void Dispose(bool disposing)
                {
                }

                /// <summary>What the optimizer remembers, in the order of its parameters. The states are its own, not copies.</summary>
                public class StateDictionary
                {
                    internal StateDictionary(IEnumerable<OptimizerState> states) => State = [.. states];

                    public List<OptimizerState> State { get; }
                }
            }
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>What an optimizer remembers of one parameter.</summary>
    public abstract class OptimizerState;

    /// <summary>An optimizer whose state can be read and set.</summary>
    public abstract class OptimizerHelper : torch.optim.Optimizer
    {
        private protected abstract IEnumerable<(Parameter Parameter, OptimizerState State)> Members { get; }

        public override IEnumerable<Parameter> parameters() => Members.Select(member => member.Parameter);

        public virtual StateDictionary state_dict() => new(Members.Select(member => member.State));
    }
}
