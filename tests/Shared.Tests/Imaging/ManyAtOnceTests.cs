using Labeler.Shared.Imaging;

namespace Labeler.Shared.Tests.Imaging;

public sealed class ManyAtOnceTests
{
    [Fact]
    public async Task Many_threads_read_shrink_and_refuse_at_once_and_none_gets_anothers_picture()
    {
        const int Threads = 8, Rounds = 25;
        (byte[] File, Picture Read, byte[] Small, Picture Square)[] pictures = [.. Enumerable.Range(0, Threads).Select(Expected)];

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (int round = 0; round < Rounds; round++)
                {
                    var (file, read, small, square) = pictures[(thread + round) % Threads];
                    Assert.Equal(read.Rgb, Picture.Decode(file).Rgb);
                    Assert.Equal(small, Thumbnail.WebP(file, 40));
                    Assert.Equal(square.Rgb, Thumbnail.Square(file, 32).Rgb);
                    Assert.Equal(PictureProblem.Damaged, Assert.Throws<PictureException>(() => Picture.Decode(file[..(file.Length / 2)])).Problem);
                    Assert.NotNull(Caption.Draw($"Thread {thread}, round {round}", 120, 14));
                }
            },
            TaskCreationOptions.LongRunning)));
    }

    private static (byte[] File, Picture Read, byte[] Small, Picture Square) Expected(int which)
    {
        Picture picture = Pictures.Gradient(100 + (16 * which), 180 - (8 * which));
        byte[] file = which % 2 == 0 ? picture.ToPng() : picture.ToJpeg();
        return (file, Picture.Decode(file), Thumbnail.WebP(file, 40), Thumbnail.Square(file, 32));
    }
}
