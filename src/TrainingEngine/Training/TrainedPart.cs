using System.Text.Json.Serialization;
using Labeler.TrainingEngine.Lora;

namespace Labeler.TrainingEngine.Training;

/// <summary>What is trained: a LoRA adapter, or all of the U-Net's weights.</summary>
public abstract record TrainedPart
{
    /// <summary>File of the policy that sampled, an adapter or a U-Net's weights; null for the model folder as it is.</summary>
    public string? From { get; init; }

    /// <summary>File of the optimizer that trained that policy, whose moments this run goes on with; null begins with none.</summary>
    public string? OptimizerFrom { get; init; }

    /// <summary>A new adapter, or one that goes on from a file, whose layers, rank and alpha then count.</summary>
    /// <param name="Targets">Layers with a branch.</param>
    /// <param name="Rank">Inner width; 4 as published.</param>
    /// <param name="Alpha">Scale times rank; the rank where it is null.</param>
    public sealed record Adapter(LoraTargets Targets = LoraTargets.Attention, int Rank = 4, double? Alpha = null) : TrainedPart
    {
        /// <summary>Whether the CLIP text encoders get branches too. T5 never does.</summary>
        // Left out where it is false, so that runs from before it was there are gone on with.
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Texts { get; init; }
    }

    /// <summary>All weights of the U-Net. Best on small models: gradients, optimizer and the kept base take five times its
    /// memory.</summary>
    public sealed record WholeUNet : TrainedPart;
}
