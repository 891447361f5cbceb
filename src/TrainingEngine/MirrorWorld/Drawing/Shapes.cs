using System.Numerics;

namespace Labeler.TrainingEngine.MirrorWorld.Drawing;

/// <summary>
/// A shape as a signed distance in scene units, negative inside. Distances that are too small are harmless as long as
/// they have the right sign and are exact near the outline, which is where antialiasing reads them.
/// </summary>
public interface IShape
{
    /// <summary>Left, top, right and bottom, with the whole shape inside.</summary>
    Vector4 Bounds { get; }

    /// <summary>Signed distance from a point to the outline.</summary>
    float Distance(Vector2 point);
}

/// <summary>A filled circle.</summary>
public readonly record struct Disc(Vector2 Centre, float Radius) : IShape
{
    public Vector4 Bounds => new(Centre.X - Radius, Centre.Y - Radius, Centre.X + Radius, Centre.Y + Radius);

    public float Distance(Vector2 point) => Vector2.Distance(point, Centre) - Radius;
}

/// <summary>A circle's line.</summary>
public readonly record struct Ring(Vector2 Centre, float Radius, float HalfWidth) : IShape
{
    public Vector4 Bounds => new Disc(Centre, Radius + HalfWidth).Bounds;

    public float Distance(Vector2 point) => Math.Abs(Vector2.Distance(point, Centre) - Radius) - HalfWidth;
}

/// <summary>A thick line with round ends.</summary>
public readonly record struct Capsule(Vector2 From, Vector2 To, float HalfWidth) : IShape
{
    public Vector4 Bounds => new(
        Math.Min(From.X, To.X) - HalfWidth, Math.Min(From.Y, To.Y) - HalfWidth,
        Math.Max(From.X, To.X) + HalfWidth, Math.Max(From.Y, To.Y) + HalfWidth);

    public float Distance(Vector2 point)
    {
        Vector2 along = To - From, offset = point - From;
        float share = Math.Clamp(Vector2.Dot(offset, along) / Vector2.Dot(along, along), 0, 1);
        return Vector2.Distance(offset, along * share) - HalfWidth;
    }
}

/// <summary>An upright rectangle with rounded corners.</summary>
public readonly record struct Box(float Left, float Top, float Right, float Bottom, float Corner = 0) : IShape
{
    public Vector4 Bounds => new(Left, Top, Right, Bottom);

    public float Distance(Vector2 point)
    {
        var centre = new Vector2((Left + Right) / 2, (Top + Bottom) / 2);
        var half = new Vector2(((Right - Left) / 2) - Corner, ((Bottom - Top) / 2) - Corner);
        Vector2 outside = Vector2.Abs(point - centre) - half;
        return Vector2.Max(outside, Vector2.Zero).Length() + Math.Min(Math.Max(outside.X, outside.Y), 0) - Corner;
    }
}

/// <summary>A polygon of any form that does not cross itself.</summary>
public readonly record struct Polygon(params Vector2[] Corners) : IShape
{
    public Vector4 Bounds => new(
        Corners.Min(c => c.X), Corners.Min(c => c.Y), Corners.Max(c => c.X), Corners.Max(c => c.Y));

    public float Distance(Vector2 point)
    {
        float nearest = float.MaxValue;
        bool inside = false;
        Vector2 previous = Corners[^1];
        foreach (Vector2 corner in Corners)
        {
            Vector2 edge = previous - corner, offset = point - corner;
            float share = Math.Clamp(Vector2.Dot(offset, edge) / Vector2.Dot(edge, edge), 0, 1);
            nearest = Math.Min(nearest, (offset - (edge * share)).LengthSquared());
            if ((corner.Y > point.Y) != (previous.Y > point.Y)
                && point.X < corner.X + ((previous.X - corner.X) * (point.Y - corner.Y) / (previous.Y - corner.Y)))
            {
                inside = !inside;
            }

            previous = corner;
        }

        return inside ? -MathF.Sqrt(nearest) : MathF.Sqrt(nearest);
    }
}
