using System.ComponentModel.DataAnnotations;

namespace Labeler.Shared.Photos.Captions;

/// <summary>The section <c>Captions</c> of appsettings.json. Pictures leave this machine only where an endpoint and a model are
/// named.</summary>
public sealed class CaptionOptions
{
    public const string Section = "Captions";

    /// <summary>Address of an OpenAI-compatible interface, such as https://host/v1; unset: nothing is sent anywhere.</summary>
    [Url]
    public string? Endpoint { get; set; }

    public string Model { get; set; } = "";

    /// <summary>Sent as a bearer token; unset for endpoints that need none.</summary>
    public string? Key { get; set; }

    /// <summary>What the model is told; {words} and {word} stand for the two rules below.</summary>
    [Required]
    public string Instruction { get; set; } =
        "Describe the image in detail, in one sentence of at most {words} words. The sentence must contain the word \"{word}\". Answer "
            + "with the sentence alone.";

    [Range(1, 100)]
    public int MaxWords { get; set; } = 15;

    /// <summary>A word that each caption must contain; empty for none.</summary>
    [StringLength(40)]
    public string MustContain { get; set; } = "mirror";

    /// <summary>Requests for one picture, the first included.</summary>
    [Range(1, 20)]
    public int Attempts { get; set; } = 4;

    /// <summary>Tokens that one answer may have; what a model thinks before it answers counts.</summary>
    [Range(16, 1_000_000)]
    public int MaxTokens { get; set; } = 1000;

    /// <summary>Seconds to wait for one answer.</summary>
    [Range(0.1, 600)]
    public double TimeoutSeconds { get; set; } = 60;

    [Range(1, 100_000)]
    public int RequestsPerMinute { get; set; } = 30;

    /// <summary>Longest wait in seconds that an endpoint may ask for by Retry-After.</summary>
    [Range(0, 3600)]
    public int LongestWaitSeconds { get; set; } = 120;

    /// <summary>Longest side in pixels of the picture that is sent.</summary>
    [Range(64, 4096)]
    public int Side { get; set; } = 768;

    /// <summary>Price of a million tokens sent, in whatever currency.</summary>
    [Range(0, 1_000_000)]
    public double InputPrice { get; set; }

    /// <summary>Price of a million tokens received.</summary>
    [Range(0, 1_000_000)]
    public double OutputPrice { get; set; }

    public bool IsConfigured => !string.IsNullOrWhiteSpace(Endpoint) && !string.IsNullOrWhiteSpace(Model);

    public CaptionRules Rules => new(MaxWords, MustContain);
    public double Cost(long input, long output) => ((input * InputPrice) + (output * OutputPrice)) / 1_000_000;
}
