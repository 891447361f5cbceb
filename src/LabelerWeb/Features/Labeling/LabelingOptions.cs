using System.ComponentModel.DataAnnotations;

namespace Labeler.Web.Features.Labeling;

/// <summary>The section <c>Labeling</c> of appsettings.json.</summary>
public sealed class LabelingOptions
{
    public const string Section = "Labeling";

    /// <summary>Requests a second of one account, and ten times as many at once. A quick annotator needs two or three.</summary>
    [Range(1, 10_000)]
    public int RequestsPerSecond { get; set; } = 30;

    /// <summary>Votes that one request may carry.</summary>
    [Range(1, 1000)]
    public int VotesPerRequest { get; set; } = 50;
}
