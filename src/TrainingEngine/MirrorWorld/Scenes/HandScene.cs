using System.Numerics;
using Labeler.TrainingEngine.MirrorWorld.Drawing;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.MirrorWorld.Scenes;

/// <summary>
/// An open hand before a bluish wall. Every finger has a place of its own, as in a real hand: a deformed one lacks one or
/// two of the five, or has one too many beside the thumb, beside the little finger, or both.
/// </summary>
internal static class HandScene
{
    // Degrees from the middle of the fan; the thumb lies on the positive side.
    private static readonly float[] Fingers = [71, 32, 5, -23, -52];
    private const float SecondThumb = 106;
    private const float SixthFinger = -86;
    private static readonly (int Fingers, double Weight)[] WrongCounts = [(3, 0.15), (4, 0.35), (6, 0.35), (7, 0.15)];

    private static readonly Rgb[] Skins =
    [
        new(252, 214, 180), new(240, 192, 148), new(222, 168, 120), new(196, 134, 88), new(162, 106, 68), new(128, 82, 54),
    ];

    public static Judgement Draw(Canvas canvas, SceneRandom random, double flawed)
    {
        float[] fingers = random.Chance(flawed) ? Deformed(random) : Fingers;
        Rgb wall = Rgb.FromHsv(random.Between(196, 236), random.Between(0.25f, 0.5f), random.Between(0.6f, 0.92f));
        canvas.Fill(wall.Lit(1.06f), wall.Lit(random.Between(0.76f, 0.9f)));
        Rgb skin = random.Pick(Skins).Lit(random.Between(0.96f, 1.04f));
        canvas.Paint(Shape(fingers, random), (_, distance) => skin.Lit(0.78f + (0.24f * Math.Clamp(-distance / 6, 0, 1))));
        return new Judgement(SceneFamily.Hand) { Fingers = fingers.Length };
    }

    private static float[] Deformed(SceneRandom random) => random.Pick(WrongCounts) switch
    {
        3 => Without(random, Without(random, Fingers)),
        4 => Without(random, Fingers),
        6 => [.. Fingers, random.Chance(0.5) ? SecondThumb : SixthFinger],
        _ => [.. Fingers, SecondThumb, SixthFinger],
    };

    private static float[] Without(SceneRandom random, float[] fingers)
    {
        int missing = random.Below(fingers.Length);
        return [.. fingers[..missing], .. fingers[(missing + 1)..]];
    }

    private static HandShape Shape(float[] fingers, SceneRandom random)
    {
        float palmRadius = random.Between(20.5f, 23.5f);
        var palm = new Vector2(random.Between(59, 69), random.Between(80, 85));
        float turn = random.Between(-12, 12);
        float side = random.Chance(0.5) ? 1 : -1;
        float halfWidth = random.Between(5.8f, 6.5f);
        float reach = palmRadius + random.Between(30, 36);

        Vector2 At(float degrees, float radius)
        {
            float angle = ((side * degrees) + turn) * MathF.PI / 180;
            return palm + (radius * new Vector2(MathF.Sin(angle), -MathF.Cos(angle)));
        }

        var parts = new List<Capsule>
        {
            new(palm, palm + new Vector2(turn * -0.4f, 70), palmRadius * 0.68f),
        };
        foreach (float place in fingers)
        {
            float degrees = place + random.Between(-2, 2);
            bool thumb = place > 60;
            // The middle finger is the longest; a sixth one is as long as the little finger.
            float offMiddle = Math.Min(1, Math.Abs(place - 5) / 57);
            float length = thumb ? palmRadius + random.Between(22, 26) : reach - (11 * offMiddle * offMiddle) + random.Between(-1.5f, 1.5f);
            parts.Add(new Capsule(At(degrees, palmRadius * (thumb ? 0.5f : 0.7f)), At(degrees, length), halfWidth + (thumb ? 0.9f : 0)));
        }

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
