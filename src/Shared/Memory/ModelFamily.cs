namespace Labeler.Shared.Memory;

/// <summary>Kinds of models that share an architecture, hence adapters.</summary>
public enum ModelFamily
{
    StableDiffusion1,
    StableDiffusion2,
    StableDiffusionXl,
    StableDiffusion3,
    Flux,
}

/// <summary>What people call them.</summary>
public static class ModelFamilyNames
{
    /// <summary>The family's name.</summary>
    public static string Told(this ModelFamily family) => family switch
    {
        ModelFamily.StableDiffusion1 => "Stable Diffusion 1.x",
        ModelFamily.StableDiffusion2 => "Stable Diffusion 2.x",
        ModelFamily.StableDiffusionXl => "Stable Diffusion XL",
        ModelFamily.StableDiffusion3 => "Stable Diffusion 3",
        _ => "FLUX",
    };
}
