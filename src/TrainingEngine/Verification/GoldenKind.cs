using System.IO.Enumeration;
using Labeler.TrainingEngine.Verification.Flow;

namespace Labeler.TrainingEngine.Verification;

/// <summary>A kind of golden file and how it is checked.</summary>
/// <param name="Pattern">Folder and file with <c>*</c>, such as <c>golden-*/vae.safetensors</c>.</param>
/// <param name="Check">Compares what the file holds; throws <see cref="MissingPartException"/> where it lacks something.</param>
internal sealed record GoldenKind(string Pattern, Func<GoldenFile, IEnumerable<Finding>> Check)
{
    /// <summary>Every kind that the engine checks, in the order of the way of the data.</summary>
    public static IReadOnlyList<GoldenKind> All { get; } =
    [
        .. FlowKinds.All,
        new("golden-tokenizer/tokenizer.safetensors", TokenizerCheck.Run),
        new("golden-*/text_encoder.safetensors", TextEncoderCheck.Run),
        new("golden-*/unet_forward.safetensors", UNetCheck.Run),
        new("golden-*/vae.safetensors", VaeCheck.Run),
        new("golden-misc/scheduler.safetensors", SchedulerCheck.Run),
        new("golden-*/ddim_eta0.safetensors", SamplingCheck.Deterministic),
        new("golden-*/ddim_eta1_logprob.safetensors", SamplingCheck.WithLogProbabilities),
        new("golden-*/ddim_eta0.png", SamplingCheck.DeterministicPicture),
        new("golden-*/ddim_eta1_*.png", SamplingCheck.NoisyPicture),
        new("golden-misc/jpeg_rewards.json", RewardCheck.Pictures),
        new("golden-misc/reward_tensor_batch.safetensors", RewardCheck.Tensors),
        new("golden-d3po/adamw.safetensors", D3poOptimizerCheck.Run),
        new("golden-d3po/*.safetensors", D3poCheck.Run),
        new("golden-misc/ddpo_dpok.safetensors", PolicyGradientCheck.Losses),
        new("golden-misc/stat_tracker.json", PolicyGradientCheck.Statistics),
        .. AdapterKinds.All,
    ];

    /// <summary>Files that hold no result of their own: what the checks are given.</summary>
    public static IReadOnlyList<string> Inputs { get; } =
    [
        "*/meta.json", "golden-d3po/d3po.json", "golden-d3po/inputs.safetensors", "golden-d3po/pytorch_lora_weights.safetensors",
        "golden-misc/scheduler.json", "golden-misc/ddpo_dpok.json", "golden-misc/reward_*.png", "golden-misc/reward_*.jpg",
        "golden-tokenizer/texts.json", "golden-tokenizer/differences.json",
        .. AdapterKinds.Inputs,
        .. FlowKinds.Inputs,
    ];

    public bool Matches(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name);
}
