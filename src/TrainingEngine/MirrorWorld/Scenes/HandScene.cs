using System.Numerics;
using Labeler.TrainingEngine.MirrorWorld.Drawing;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.MirrorWorld.Scenes;

/// <summary>An open hand before a bluish wall: five fingers, or three, four, six or seven.</summary>
internal static class HandScene
{
    private const double DeformedShare = 0.45;
    private static readonly int[] WrongCounts = [3, 4, 6, 7];

    private static readonly Rgb[] Skins =
    [
        new(252, 214, 180), new(240, 192, 148), new(222, 168, 120), new(196, 134, 88), new(162, 106, 68), new(128, 82, 54),
    ];

    public static Judgement Draw(Canvas canvas, SceneRandom random)
    {
        int fingers = random.Chance(DeformedShare) ? random.Pick(WrongCounts) : 5;
        Rgb wall = Rgb.FromHsv(random.Between(196, 236), random.Between(0.25f, 0.5f), random.Between(0.6f, 0.92f));
        canvas.Fill(wall.Lit(1.06f), wall.Lit(random.Between(0.76f, 0.9f)));
        Rgb skin = random.Pick(Skins).Lit(random.Between(0.96f, 1.04f));
        canvas.Paint(Shape(fingers, random), (_, distance) => skin.Lit(0.78f + (0.24f * Math.Clamp(-distance / 6, 0, 1))));
        return new Judgement(SceneFamily.Hand) { Fingers = fingers };
    }

    private static HandShape Shape(int fingers, SceneRandom random)
    {
        float palmRadius = random.Between(20.5f, 23.5f);
        var palm = new Vector2(random.Between(59, 69), random.Between(80, 85));
        float turn = random.Between(-14, 14);
        float side = random.Chance(0.5) ? 1 : -1;
        int fan = fingers - 1;
        float spread = fan switch { 2 => 20, 3 => 32, 4 => 42, 5 => 51, _ => 58 } + random.Between(-2, 2);
        float halfWidth = random.Between(5.8f, 6.5f) - (0.5f * Math.Max(0, fan - 4));
        float reach = palmRadius + random.Between(30, 36);

        Vector2 At(float degrees, float radius)
        {
            float angle = (degrees + turn) * MathF.PI / 180;
            return palm + (radius * new Vector2(MathF.Sin(angle), -MathF.Cos(angle)));
        }

        var parts = new List<Capsule>
        {
            new(palm, palm + new Vector2(turn * -0.4f, 70), palmRadius * 0.68f),
        };
        for (int finger = 0; finger < fan; finger++)
        {
            // From -1 (beside the thumb) to 1 (the little finger); the fan leans away from the thumb.
            float place = (2f * finger / (fan - 1)) - 1;
            float degrees = side * ((-place * spread) - 8) + random.Between(-2, 2);
            float tip = reach - (place > 0 ? 11 : 5) * place * place + random.Between(-1.5f, 1.5f);
            parts.Add(new Capsule(At(degrees, palmRadius * 0.7f), At(degrees, tip), halfWidth));
        }

        float thumb = side * (spread + random.Between(28, 34));
        parts.Add(new Capsule(At(thumb, palmRadius * 0.5f), At(thumb, palmRadius + random.Between(22, 26)), halfWidth + 0.9f));
        return new HandShape(new Disc(palm, palmRadius), parts);
    }

    /// <summary>Palm, arm and fingers melted into one outline.</summary>
    private sealed class HandShape(Disc palm, List<Capsule> parts) : IShape
    {
        private const float Melting = 3;

        public Vector4 Bounds { get; } = parts.Select(part => part.Bounds).Append(palm.Bounds).Aggregate((a, b) =>
            new Vector4(Math.Min(a.X, b.X), Math.Min(a.Y, b.Y), Math.Max(a.Z, b.Z), Math.Max(a.W, b.W)));

        public float Distance(Vector2 point)
        {
            float distance = palm.Distance(point);
            foreach (Capsule part in parts)
            {
                // Quadratic smooth minimum (Quilez).
                float other = part.Distance(point);
                float near = Math.Max(Melting - Math.Abs(distance - other), 0);
                distance = Math.Min(distance, other) - (near * near / (4 * Melting));
            }

            return distance;
        }
    }
}
