namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>The kinds of golden files of flow models.</summary>
internal static class FlowKinds
{
    public static IReadOnlyList<GoldenKind> All { get; } =
    [
        new("golden-sd3/tokenizer_t5.safetensors", T5TokenizerCheck.Run),
        new("golden-sd3/text_encoder.safetensors", FlowTextCheck.Sd3),
        new("golden-flux/text_encoder.safetensors", FlowTextCheck.Flux),
        new("golden-sd3/transformer*.safetensors", TransformerCheck.Sd3),
        new("golden-flux/transformer*.safetensors", TransformerCheck.Flux),
        new("golden-flux/packing.safetensors", TransformerCheck.Packing),
        new("golden-flow-scheduler/scheduler.safetensors", FlowScheduleCheck.Run),
        new("golden-flow/steps.safetensors", FlowStepCheck.Run),
        new("golden-sd3/euler*.safetensors", FlowSamplingCheck.Sd3),
        new("golden-flux/euler*.safetensors", FlowSamplingCheck.Flux),
        new("golden-flux/true_cfg.safetensors", FlowSamplingCheck.TwoBranches),
        new("golden-sd3/euler*.png", FlowSamplingCheck.Sd3Picture),
        new("golden-flux/euler*.png", FlowSamplingCheck.FluxPicture),
        new("golden-flow/*_sde.safetensors", FlowTrajectoryCheck.Run),
        new("golden-flow/*_cps.safetensors", FlowTrajectoryCheck.Run),
        new("golden-flow/grpo_*.safetensors", GrpoCheck.Run),
        new("golden-flow/d3po_*.safetensors", FlowPreferenceCheck.D3po),
        new("golden-flow/dpo_*.safetensors", FlowPreferenceCheck.Dpo),
    ];

    /// <summary>Files that hold no result of their own.</summary>
    public static IReadOnlyList<string> Inputs { get; } =
    [
        "golden-sd3/tokenizer_t5.json", "golden-flow-scheduler/scheduler.json", "golden-flow/flow.json", "golden-flow/steps.json",
        "golden-flow/*_inputs.safetensors",
    ];
}
