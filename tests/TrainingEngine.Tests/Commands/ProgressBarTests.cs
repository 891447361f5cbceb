using Microsoft.Extensions.Time.Testing;

namespace Labeler.TrainingEngine.Tests.Commands;

public sealed class ProgressBarTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly StringWriter _output = new();

    [Fact]
    public void Elsewhere_than_on_a_terminal_it_writes_a_plain_line_every_fifteen_seconds()
    {
        using (var bar = new ProgressBar("sampling", 100, "images", output: _output, terminal: false, clock: _clock))
        {
            for (int image = 0; image < 100; image++)
            {
                _clock.Advance(TimeSpan.FromSeconds(0.5));
                bar.Advance();
            }
        }

        Assert.Equal(
            """
            sampling   0 %  0/100 images
            sampling  30 %  30/100 images  2.0 a second, 0:35 left
            sampling  60 %  60/100 images  2.0 a second, 0:20 left
            sampling  90 %  90/100 images  2.0 a second, 0:05 left
            sampling 100 %  100/100 images  2.0 a second, took 0:50

            """,
            _output.ToString());
    }

    [Fact]
    public void On_a_terminal_it_redraws_one_line()
    {
        using (var bar = new ProgressBar("training", 4, "steps", output: _output, terminal: true, clock: _clock))
        {
            _clock.Advance(TimeSpan.FromSeconds(3));
            bar.Advance(2, "loss 0.69");
        }

        Assert.Equal(1, _output.ToString().Count(letter => letter == '\n'));
        Assert.EndsWith("\rtraining ████████████░░░░░░░░░░░░  50 %  2/4 steps  1.5 s each, 0:03 left  loss 0.69\u001b[K\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_run_judges_the_time_left_by_its_own_speed()
    {
        using (var bar = new ProgressBar("sampling", 1000, "images", doneBefore: 900, output: _output, terminal: true, clock: _clock))
        {
            _clock.Advance(TimeSpan.FromSeconds(100));
            bar.Advance(10);
        }

        Assert.Contains(" 910/1000 images  10.0 s each, 15:00 left", _output.ToString(), StringComparison.Ordinal);
    }
}
