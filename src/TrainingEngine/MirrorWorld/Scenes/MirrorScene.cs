using System.Numerics;
using Labeler.TrainingEngine.MirrorWorld.Drawing;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.MirrorWorld.Scenes;

/// <summary>A coloured object that faces a framed mirror to its right, with a right reflection or one of the faults.</summary>
internal static class MirrorScene
{
    private const float FrameWidth = 5;

    public static (string Prompt, Judgement Truth) Draw(Canvas canvas, SceneRandom random, SceneFlaws flaws)
    {
        MirrorFault fault = random.Pick(Faults(flaws));
        int colour = random.Below(ScenePrompts.Colours.Count);
        string thing = random.Pick(ScenePrompts.Objects);
        PaintRoom(canvas, random);

        Rgb frame = new Rgb(58, 42, 32).Lit(random.Between(0.75f, 1.15f));
        Rgb glass = Rgb.FromHsv(random.Between(185, 205), random.Between(0.06f, 0.12f), random.Between(0.9f, 0.96f));
        int shown = fault == MirrorFault.WrongColour
            ? (colour + 1 + random.Below(ScenePrompts.Colours.Count - 1)) % ScenePrompts.Colours.Count
            : colour;
        bool outside = fault is not (MirrorFault.OnlyInside or MirrorFault.EmptyMirror);
        bool inside = fault is not (MirrorFault.NoMirror or MirrorFault.OnlyOutside or MirrorFault.EmptyMirror);
        var thingOutside =
            new ObjectShape(thing, new Vector2(random.Between(29, 34), random.Between(60, 68)), random.Between(0.94f, 1.06f), Facing: 1);

        var detections = new List<Detection>();
        foreach (Box mirror in Mirrors(fault, random))
        {
            canvas.Paint(mirror, frame);
            var pane = new Box(mirror.Left + FrameWidth, mirror.Top + FrameWidth, mirror.Right - FrameWidth, mirror.Bottom - FrameWidth);
            float height = pane.Bottom - pane.Top;
            canvas.Paint(pane, (point, _) => glass.Lit(1 - (0.1f * (point.Y - pane.Top) / height)));
            detections.Add(Found("mirror", mirror));
            if (inside)
            {
                float scale = thingOutside.Scale * (fault == MirrorFault.TwoMirrors ? 0.62f : 0.86f);
                var centre = new Vector2((pane.Left + pane.Right) / 2, (pane.Top + pane.Bottom) / 2);
                var image = new ObjectShape(thing, centre, scale, fault == MirrorFault.NotFlipped ? 1 : -1);
                canvas.Paint(image, ScenePrompts.Colours[shown].Colour.Mix(glass, 0.08f));
                detections.Add(Found("object", image));
            }
        }

        if (outside)
        {
            canvas.Paint(thingOutside, ScenePrompts.Colours[colour].Colour);
            detections.Add(Found("object", thingOutside));
        }

        string prompt = ScenePrompts.Mirror(ScenePrompts.Colours[colour].Name, thing);
        return (prompt, new Judgement(SceneFamily.Mirror) { Fault = fault, Detections = detections });
    }

    private static (MirrorFault, double)[] Faults(SceneFlaws flaws)
    {
        // What a wrong color leaves to the others, whose weights add up to 0.4.
        double others = flaws.Mirrors * (1 - flaws.Colors) / 0.4;
        return
        [
            (MirrorFault.None, 1 - flaws.Mirrors), (MirrorFault.NotFlipped, others * 0.10),
            (MirrorFault.WrongColour, flaws.Mirrors * flaws.Colors), (MirrorFault.OnlyOutside, others * 0.07),
            (MirrorFault.OnlyInside, others * 0.06), (MirrorFault.TwoMirrors, others * 0.06), (MirrorFault.EmptyMirror, others * 0.05),
            (MirrorFault.NoMirror, others * 0.06),
        ];
    }

    private static void PaintRoom(Canvas canvas, SceneRandom random)
    {
        Rgb wall = Rgb.FromHsv(random.Between(25, 60), random.Between(0.04f, 0.12f), random.Between(0.82f, 0.95f));
        Rgb floor = Rgb.FromHsv(random.Between(20, 40), random.Between(0.1f, 0.2f), random.Between(0.55f, 0.68f));
        float edge = random.Between(98, 106);
        canvas.Fill(wall, wall.Lit(0.94f));
        canvas.Paint(new Box(-4, edge, Canvas.Units + 4, Canvas.Units + 4), floor);
    }

    private static Box[] Mirrors(MirrorFault fault, SceneRandom random)
    {
        float left = random.Between(64, 68), right = random.Between(118, 122), top = random.Between(14, 20),
            bottom = random.Between(106, 112);
        float middle = (top + bottom) / 2;
        return fault switch
        {
            MirrorFault.NoMirror => [],
            MirrorFault.TwoMirrors => [new(left, top, right, middle - 4, 1), new(left, middle + 4, right, bottom, 1)],
            _ => [new(left, top, right, bottom, 1)],
        };
    }

    private static Detection Found<TShape>(string name, TShape shape)
        where TShape : IShape
    {
        Vector4 share = shape.Bounds / Canvas.Units;
        return new Detection(name, share.X, share.Y, share.Z, share.W, 1);
    }
}
