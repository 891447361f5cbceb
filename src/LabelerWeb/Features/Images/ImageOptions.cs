using System.ComponentModel.DataAnnotations;

namespace Labeler.Web.Features.Images;

/// <summary>What the section <c>Labeling</c> of appsettings.json says about pictures.</summary>
public sealed class ImageOptions
{
    /// <summary>Pictures that are shrunk at the same time; each takes a core for some milliseconds, once.</summary>
    [Range(1, 64)]
    public int ThumbnailsAtOnce { get; set; } = 2;
}
