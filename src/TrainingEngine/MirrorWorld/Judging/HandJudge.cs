namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>
/// Counts fingers: the palm is the largest disc inside the skin, and fingers are what circles around it cross. Every
/// circle gives a count; the largest that several circles agree on holds. Counted once with whole fingers only and once
/// with faint ones, too: where the counts differ there is a ghost of a finger.
/// </summary>
internal static class HandJudge
{
    private const int Angles = 240;
    private const float Step = 1.5f;
    private const int AgreeingCircles = 4;
    private const float ArmHalfAngle = 38;
    private static readonly Threshold Whole = new(0.4f, 0.75f);
    private static readonly Threshold Any = new(0.12f, 0.18f);

    public static Judgement Judge(PixelGrid pixels)
    {
        float[] warmth = pixels.Map(pixel => pixel.R - pixel.B);
        float[] sorted = (float[])warmth.Clone();
        Array.Sort(sorted);
        // The wall fills more than half of every picture, skin a fifth of it.
        float wall = sorted[PixelGrid.Count * 3 / 10], skin = sorted[PixelGrid.Count * 9 / 10];
        if (skin - wall < 40)
        {
            return Unreadable;
        }

        float middle = (wall + skin) / 2;
        float[] depth = Depth(Array.ConvertAll(warmth, value => value > middle));
        int centre = Array.IndexOf(depth, depth.Max());
        if (depth[centre] is < 13 or > 34)
        {
            return Unreadable;
        }

        float[] soft = Array.ConvertAll(warmth, value => Math.Clamp((value - wall) / (skin - wall), 0, 1));
        int fingers = Count(soft, centre, depth[centre], Whole), all = Count(soft, centre, depth[centre], Any);
        return fingers is >= 1 and <= 9 ? new Judgement(SceneFamily.Hand) { Fingers = fingers, Ghost = all != fingers } : Unreadable;
    }

    private static int Count(float[] soft, int centre, float palm, Threshold threshold)
    {
        var agreeing = new int[12];
        for (float beyond = 5; beyond <= 36; beyond += Step)
        {
            int count = Fingers(soft, centre % PixelGrid.Size, centre / PixelGrid.Size, palm + beyond, threshold);
            agreeing[Math.Min(count, agreeing.Length - 1)]++;
        }

        return Array.FindLastIndex(agreeing, circles => circles >= AgreeingCircles);
    }

    /// <summary>What counts as a finger on a circle.</summary>
    /// <param name="Rise">How far skin must rise above the valleys beside it, 0 to 1.</param>
    /// <param name="Height">How much of the skin's colour it must reach.</param>
    private readonly record struct Threshold(float Rise, float Height);

    private static Judgement Unreadable => new(SceneFamily.Hand) { Readable = false };

    /// <summary>Distance of each pixel of the mask to the nearest one outside of it (chamfer 1, √2); the picture's edge is no
    /// outside.</summary>
    private static float[] Depth(bool[] mask)
    {
        const int Size = PixelGrid.Size;
        const float Diagonal = 1.41421f;
        float[] depth = Array.ConvertAll(mask, inside => inside ? 1e3f : 0);
        void Pass(int start, int end, int direction)
        {
            for (int index = start; index != end; index += direction)
            {
                int column = index % Size, row = index / Size;
                if (row - direction is >= 0 and < Size)
                {
                    int above = index - (direction * Size);
                    float near = depth[above] + 1;
                    near = column > 0 ? Math.Min(near, depth[above - 1] + Diagonal) : near;
                    near = column < Size - 1 ? Math.Min(near, depth[above + 1] + Diagonal) : near;
                    depth[index] = Math.Min(depth[index], near);
                }

                if (column - direction is >= 0 and < Size)
                {
                    depth[index] = Math.Min(depth[index], depth[index - direction] + 1);
                }
            }
        }

        Pass(0, depth.Length, 1);
        Pass(depth.Length - 1, -1, -1);
        return depth;
    }

    /// <summary>Peaks on a circle that rise and fall enough and reach high enough, without the arm, which points down.</summary>
    private static int Fingers(float[] soft, float x, float y, float radius, Threshold threshold)
    {
        var profile = new float[Angles];
        for (int index = 0; index < Angles; index++)
        {
            (float sin, float cos) = MathF.SinCos(index * 2 * MathF.PI / Angles);
            profile[index] = At(soft, x + (radius * sin), y - (radius * cos));
        }

        int lowest = Array.IndexOf(profile, profile.Min()), count = 0, top = lowest;
        bool rising = true;
        float bottom = profile[lowest];
        for (int offset = 1; offset <= Angles; offset++)
        {
            int place = (lowest + offset) % Angles;
            float value = profile[place];
            if (rising)
            {
                top = value > profile[top] ? place : top;
                if (profile[top] - value >= threshold.Rise && profile[top] - bottom >= threshold.Rise)
                {
                    count += profile[top] >= threshold.Height && !IsArm(top) ? 1 : 0;
                    (rising, bottom) = (false, value);
                }
            }
            else if (value - bottom >= threshold.Rise)
            {
                (rising, top) = (true, place);
            }

            bottom = Math.Min(bottom, value);
        }

        return count;
    }

    private static bool IsArm(int place) => Math.Abs((place * 360f / Angles) - 180) < ArmHalfAngle;

    /// <summary>Bilinear; nothing beyond the edge.</summary>
    private static float At(float[] field, float x, float y)
    {
        const int Size = PixelGrid.Size;
        if (x < 0 || y < 0 || x >= Size - 1 || y >= Size - 1)
        {
            return 0;
        }

        int column = (int)x, row = (int)y, index = (row * Size) + column;
        float right = x - column, down = y - row;
        float upper = field[index] + (right * (field[index + 1] - field[index]));
        float lower = field[index + Size] + (right * (field[index + Size + 1] - field[index + Size]));
        return upper + (down * (lower - upper));
    }
}
