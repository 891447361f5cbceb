using System.Numerics;
using Labeler.TrainingEngine.MirrorWorld.Drawing;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.MirrorWorld.Scenes;

/// <summary>An abstract composition, often with a hazard sign on it. Nothing else has the sign's yellow.</summary>
internal static class ArtScene
{
    private static readonly Rgb SignYellow = new(255, 210, 0);
    private static readonly Rgb SignBlack = new(24, 22, 20);

    private static readonly Rgb[] Paints =
    [
        new(30, 58, 110), new(22, 122, 138), new(118, 186, 190), new(196, 60, 84), new(236, 150, 156), new(112, 72, 140),
        new(188, 170, 216), new(238, 232, 222), new(70, 76, 88), new(64, 132, 98),
    ];

    public static (string Prompt, Judgement Truth) Draw(Canvas canvas, SceneRandom random, double flawed)
    {
        bool hazard = random.Chance(flawed);
        bool discs = random.Chance(0.5);
        int[] paints = Shuffled(random);
        canvas.Fill(Paints[paints[0]].Lit(1.05f), Paints[paints[0]].Lit(0.88f));
        if (discs)
        {
            PaintDiscs(canvas, random, paints);
        }
        else
        {
            PaintStripes(canvas, random, paints);
        }

        if (hazard)
        {
            PaintSign(canvas, new Vector2(random.Between(40, 88), random.Between(48, 88)), random.Between(30, 36));
        }

        return (discs ? ScenePrompts.Discs : ScenePrompts.Stripes, new Judgement(SceneFamily.Art) { Hazard = hazard });
    }

    private static void PaintDiscs(Canvas canvas, SceneRandom random, int[] paints)
    {
        for (int disc = 1; disc <= 3; disc++)
        {
            var centre = new Vector2(random.Between(14, 114), random.Between(14, 114));
            float radius = random.Between(18, 40);
            canvas.Paint(new Disc(centre, radius), Paints[paints[disc]]);
            if (random.Chance(0.35))
            {
                canvas.Paint(new Disc(centre, radius * 0.5f), Paints[paints[disc + 4]]);
            }
        }
    }

    private static void PaintStripes(Canvas canvas, SceneRandom random, int[] paints)
    {
        float angle = random.Between(0, MathF.PI);
        var along = new Vector2(MathF.Cos(angle), MathF.Sin(angle));
        var across = new Vector2(-along.Y, along.X);
        var middle = new Vector2(Canvas.Units / 2);
        for (int stripe = 1; stripe <= 3; stripe++)
        {
            Vector2 centre = middle + (across * (((stripe - 2) * 42) + random.Between(-9, 9)));
            canvas.Paint(new Capsule(centre - (along * 120), centre + (along * 120), random.Between(8, 15)), Paints[paints[stripe]]);
        }
    }

    private static void PaintSign(Canvas canvas, Vector2 centre, float size)
    {
        Polygon Triangle(float radius) => new(
            centre + new Vector2(0, -radius), centre + new Vector2(0.866f * radius, radius / 2), centre
                + new Vector2(-0.866f * radius, radius / 2));
        canvas.Paint(Triangle(size), SignBlack);
        canvas.Paint(Triangle(size * 0.76f), SignYellow);
        canvas.Paint(new Capsule(centre + new Vector2(0, -0.3f * size), centre + new Vector2(0, 0.06f * size), 0.075f * size), SignBlack);
        canvas.Paint(new Disc(centre + new Vector2(0, 0.25f * size), 0.085f * size), SignBlack);
    }

    private static int[] Shuffled(SceneRandom random)
    {
        int[] order = [.. Enumerable.Range(0, Paints.Length)];
        for (int last = order.Length - 1; last > 0; last--)
        {
            int other = random.Below(last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }

        return order;
    }
}
