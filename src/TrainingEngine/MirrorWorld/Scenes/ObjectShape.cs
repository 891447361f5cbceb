using System.Numerics;
using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.MirrorWorld.Scenes;

/// <summary>A flag, boot, mug or arrow of about 44 units; <paramref name="Facing"/> 1 is to the right, −1 to the left.</summary>
internal sealed record ObjectShape(string Name, Vector2 Centre, float Scale, float Facing) : IShape
{
    private static readonly Dictionary<string, Model> Models = new()
    {
        ["flag"] = new(new Vector4(-18, -23, 20, 23), point => Math.Min(
            new Box(-18, -23, -12.5f, 23, 1).Distance(point),
            new Polygon(new(-14, -22), new(20, -10), new(-14, 3)).Distance(point))),
        ["boot"] = new(new Vector4(-16, -22, 20, 22), point => Math.Min(
            new Box(-16, -22, 2, 22, 3).Distance(point),
            new Box(-16, 6, 20, 22, 6).Distance(point))),
        ["mug"] = new(new Vector4(-19, -18, 21, 18), point => Math.Min(
            new Box(-19, -18, 7, 18, 3).Distance(point),
            new Ring(new(9, -1), 9.5f, 2.8f).Distance(point))),
        ["arrow"] = new(new Vector4(-21, -19, 21, 19), point => Math.Min(
            new Box(-21, -6.5f, 4, 6.5f, 1).Distance(point),
            new Polygon(new(0, -19), new(21, 0), new(0, 19)).Distance(point))),
    };

    public Vector4 Bounds
    {
        get
        {
            Vector4 box = Models[Name].Bounds * Scale;
            return Facing > 0
                ? new(Centre.X + box.X, Centre.Y + box.Y, Centre.X + box.Z, Centre.Y + box.W)
                : new(Centre.X - box.Z, Centre.Y + box.Y, Centre.X - box.X, Centre.Y + box.W);
        }
    }

    public float Distance(Vector2 point)
    {
        Vector2 offset = (point - Centre) / Scale;
        return Scale * Models[Name].Distance(new Vector2(offset.X * Facing, offset.Y));
    }

    private sealed record Model(Vector4 Bounds, Func<Vector2, float> Distance);
}
