namespace TorchSharp.Modules;

/// <summary>Holds the choice between the exact GELU and its approximation.</summary>
public sealed class GELU
{
    private GELU()
    {
    }

    /// <summary>How Φ is computed.</summary>
    public enum Approximate
    {
        none = 0,
        tanh = 1,
    }
}
