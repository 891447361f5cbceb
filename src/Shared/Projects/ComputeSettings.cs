using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Labeler.Shared.Projects;

/// <summary>Where a project's model computes, and in how much memory.</summary>
public sealed record ComputeSettings
{
    [Display(Name = "Device", Description = "As cpu, cuda or cuda:1; empty for the one that the worker was started with."),
        StringLength(12),
        RegularExpression("cpu|cuda(:[0-9]{1,2})?", ErrorMessage = "The device is cpu, cuda or cuda:1, or empty for the worker's own.")]
    public string Device { get; init; } = "";

    [Display(Name = "Precision",
        Description = "What the model computes in. BFloat16 halves the memory and is several times as fast on most GPUs; what is trained "
            + "stays in float32. On a processor Float32 is the faster one.")]
    public ComputePrecision Precision { get; init; }

    [Display(Name = "Micro-batch", Description = "Images that go through the model at once; 0 decides by the device's memory."),
        Range(0, 1024)]
    public int MicroBatch { get; init; }

    [Display(Name = "Recompute activations",
        Description = "Training keeps less and computes some of it twice: a third more work for a fraction of the memory.")]
    public bool Recompute { get; init; }

    [Display(Name = "Decode in tiles", Description = "Large pictures are decoded by squares of 512 pixels that fade into each other.")]
    public bool Tiles { get; init; }

    [Display(Name = "Offload text encoders",
        Description = "They stay in the machine's memory and compute there, once for each prompt, so that a GPU has room for the rest.")]
    public bool Offload { get; init; }

    [Display(Name = "Offload the autoencoder",
        Description = "It stays in the machine's memory, and a GPU gets a copy only while pictures are decoded.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OffloadVae { get; init; }
}

/// <summary>The numbers are stored. float16 is not among them: its gradients vanish.</summary>
public enum ComputePrecision { Float32 = 0, BFloat16 = 1 }
