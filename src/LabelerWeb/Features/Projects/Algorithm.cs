namespace Labeler.Web.Features.Projects;

/// <summary>A way to turn preferences into a better model, as the form offers it.</summary>
public sealed record Algorithm(string Id, string Name, string Explanation)
{
    public static readonly Algorithm[] All =
    [
        new("d3po", "D3PO", "Direct preference optimisation of every denoising step, from votes alone, without a reward model (arXiv 2311.13231)."),
    ];
}
