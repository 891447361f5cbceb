using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Tests.MirrorWorld;

public class OracleTests
{
    private const int Scenes = 100;

    [Theory]
    [InlineData(SceneFamily.Hand, 64, 0)]
    [InlineData(SceneFamily.Hand, 64, 1)]
    [InlineData(SceneFamily.Hand, 64, 2)]
    [InlineData(SceneFamily.Hand, 128, 0)]
    [InlineData(SceneFamily.Hand, 128, 1)]
    [InlineData(SceneFamily.Hand, 128, 2)]
    [InlineData(SceneFamily.Mirror, 64, 0)]
    [InlineData(SceneFamily.Mirror, 64, 1)]
    [InlineData(SceneFamily.Mirror, 64, 2)]
    [InlineData(SceneFamily.Mirror, 128, 0)]
    [InlineData(SceneFamily.Mirror, 128, 1)]
    [InlineData(SceneFamily.Mirror, 128, 2)]
    [InlineData(SceneFamily.Art, 64, 0)]
    [InlineData(SceneFamily.Art, 64, 1)]
    [InlineData(SceneFamily.Art, 64, 2)]
    [InlineData(SceneFamily.Art, 128, 0)]
    [InlineData(SceneFamily.Art, 128, 1)]
    [InlineData(SceneFamily.Art, 128, 2)]
    public void The_oracle_is_right_about_fresh_scenes_and_slightly_blurred_ones(SceneFamily family, int size, int blur)
    {
        int right = Enumerable.Range(0, Scenes).Count(number =>
        {
            var scene = Scene.Draw(101, number, family, size);
            var found = Oracle.Judge(Blurred(scene.Picture, blur), family);
            return found.Readable && (found.Fingers, found.Hazard, found.Fault) == (scene.Truth.Fingers, scene.Truth.Hazard, scene.Truth.Fault);
        });

        Assert.InRange(right, 0.98 * Scenes, Scenes);
    }

    [Fact]
    public void Boxes_of_mirrors_and_objects_lie_where_they_were_drawn()
    {
        for (int number = 0; number < 60; number++)
        {
            var scene = Scene.Draw(102, number, SceneFamily.Mirror);
            var found = Oracle.Judge(scene.Picture, SceneFamily.Mirror).Detections;

            Assert.Equal(scene.Truth.Detections.Count, found.Count);
            foreach (Detection drawn in scene.Truth.Detections)
            {
                Assert.Contains(found, box => box.Class == drawn.Class
                    && Math.Abs(box.Left - drawn.Left) < 0.03 && Math.Abs(box.Top - drawn.Top) < 0.03
                    && Math.Abs(box.Right - drawn.Right) < 0.03 && Math.Abs(box.Bottom - drawn.Bottom) < 0.03);
            }
        }
    }

    [Theory]
    [InlineData(SceneFamily.Hand)]
    [InlineData(SceneFamily.Mirror)]
    public void Noise_and_an_empty_picture_are_not_good_and_score_nothing(SceneFamily family)
    {
        var random = new Random(1);
        var noise = new byte[3 * 128 * 128];
        random.NextBytes(noise);
        foreach (byte[] pixels in new[] { noise, new byte[3 * 128 * 128] })
        {
            var found = Oracle.Judge(new Picture(128, 128, pixels), family);

            Assert.False(found.IsGood);
            Assert.Equal(0, found.Score);
        }

        Assert.False(Oracle.Judge(new Picture(128, 128, new byte[3 * 128 * 128]), family).Readable);
    }

    [Fact]
    public void A_sign_that_is_half_there_cannot_be_read()
    {
        var scene = Enumerable.Range(0, 20).Select(number => Scene.Draw(103, number, SceneFamily.Art)).First(scene => scene.Truth.Hazard);
        byte[] pixels = (byte[])scene.Picture.Rgb.Clone();
        int seen = 0;
        for (int index = 0; index < pixels.Length; index += 3)
        {
            // Keep 150 of the sign's yellow pixels.
            if (pixels[index] > 240 && pixels[index + 2] < 40 && ++seen > 150)
            {
                (pixels[index], pixels[index + 1], pixels[index + 2]) = (70, 76, 88);
            }
        }

        Assert.False(Oracle.Judge(new Picture(128, 128, pixels), SceneFamily.Art).Readable);
    }

    [Fact]
    public void Large_pictures_are_judged_like_small_ones()
    {
        int right = Enumerable.Range(0, 40).Count(number =>
        {
            var scene = Scene.Draw(104, number, SceneFamily.Hand, size: 256);
            return Oracle.Judge(scene.Picture, SceneFamily.Hand).Fingers == scene.Truth.Fingers;
        });

        Assert.InRange(right, 39, 40);
    }

    private static Picture Blurred(Picture picture, int passes)
    {
        byte[] source = picture.Rgb;
        for (int pass = 0; pass < passes; pass++)
        {
            byte[] target = (byte[])source.Clone();
            for (int row = 1; row < picture.Height - 1; row++)
            {
                for (int at = 3 * ((row * picture.Width) + 1); at < 3 * (((row + 1) * picture.Width) - 1); at++)
                {
                    int sum = 0;
                    for (int down = -1; down <= 1; down++)
                    {
                        int middle = at + (3 * down * picture.Width);
                        sum += source[middle - 3] + source[middle] + source[middle + 3];
                    }

                    target[at] = (byte)(sum / 9);
                }
            }

            source = target;
        }

        return new Picture(picture.Width, picture.Height, source);
    }
}
