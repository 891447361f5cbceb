namespace Labeler.TrainingEngine.Verification;

/// <summary>The golden files of adapters and of checkpoints in one file.</summary>
internal static class AdapterKinds
{
    public static IReadOnlyList<GoldenKind> All { get; } =
    [
        new("golden-lora/without_lora.safetensors", LoraCheck.Without),
        new("golden-lora/*.expected.safetensors", LoraCheck.Outputs),
        new("golden-lora/*.safetensors", LoraCheck.Deltas),
        new("golden-single-file/*.map.json", SingleFileCheck.Run),
    ];

    /// <summary>Files that hold no result of their own.</summary>
    public static IReadOnlyList<string> Inputs { get; } = ["golden-lora/*.json", "golden-lora/inputs.safetensors"];
}
