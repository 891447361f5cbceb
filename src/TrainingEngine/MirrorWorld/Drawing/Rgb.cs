namespace Labeler.TrainingEngine.MirrorWorld.Drawing;

/// <summary>A colour: red, green and blue from 0 to 255.</summary>
public readonly record struct Rgb(float R, float G, float B)
{
    /// <summary>The mixture: <paramref name="share"/> 0 is this colour, 1 is the other.</summary>
    public Rgb Mix(Rgb other, float share) =>
        new(R + ((other.R - R) * share), G + ((other.G - G) * share), B + ((other.B - B) * share));

    /// <summary>The colour made lighter or darker by a factor.</summary>
    public Rgb Lit(float factor) => new(R * factor, G * factor, B * factor);

    /// <summary>From hue in degrees, saturation and value from 0 to 1.</summary>
    public static Rgb FromHsv(float hue, float saturation, float value)
    {
        float Channel(float shift)
        {
            float k = (shift + (hue / 60)) % 6;
            return 255 * (value - (value * saturation * Math.Clamp(Math.Min(k, 4 - k), 0, 1)));
        }

        return new Rgb(Channel(5), Channel(3), Channel(1));
    }

    /// <summary>Hue in degrees, 0 to 360; 0 for greys.</summary>
    public float Hue
    {
        get
        {
            float most = Math.Max(R, Math.Max(G, B)), spread = Spread;
            if (spread < 1e-3f)
            {
                return 0;
            }

            float sixth = most == R ? (G - B) / spread : most == G ? 2 + ((B - R) / spread) : 4 + ((R - G) / spread);
            return 60 * ((sixth + 6) % 6);
        }
    }

    /// <summary>Largest minus smallest channel: how far the colour is from grey.</summary>
    public float Spread => Math.Max(R, Math.Max(G, B)) - Math.Min(R, Math.Min(G, B));

    /// <summary>Brightness as the eye weighs it (ITU-R BT.601).</summary>
    public float Luminance => (0.299f * R) + (0.587f * G) + (0.114f * B);
}
