using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Labeler.Shared.Jobs;
using Labeler.TrainingEngine.Worker;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>What is told of graphics cards, by programs that answer as NVIDIA's does.</summary>
public sealed class GraphicsCardTests : IDisposable
{
    private const string Two = "printf '0, 35, 1024, 81559\\n1, [N/A], 12, [Not Supported]\\n'";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_card_has_its_gauges_and_a_figure_that_it_does_not_give_has_none()
    {
        using var cards = new GraphicsCards(new LineLog(TextWriter.Null), NvidiaSmiFile.Write(_folder, Two));
        while (cards.Now.Count == 0)
        {
            await Task.Delay(20);
        }
        var measured = new ConcurrentBag<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name.StartsWith("labeler.worker.gpu.", StringComparison.Ordinal))
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Add(FormattableString.Invariant($"{instrument.Name} {tags[0].Key} {tags[0].Value}: {value}")));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Add($"{instrument.Name} {tags[0].Key} {tags[0].Value}: {value}"));
        JobInstruments.ObserveCards(() => cards.Now);
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(
            [
                "labeler.worker.gpu.memory.total gpu 0: 85520809984",
                "labeler.worker.gpu.memory.used gpu 0: 1073741824",
                "labeler.worker.gpu.memory.used gpu 1: 12582912",
                "labeler.worker.gpu.utilization gpu 0: 0.35",
            ], measured.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Where_there_is_no_such_program_nothing_is_told_and_nothing_is_wrong()
    {
        Assert.Null(await NvidiaSmi.Read(_folder.File(NvidiaSmi.Program), Patience, CancellationToken.None));
        var log = new StringWriter();
        using (var cards = new GraphicsCards(new LineLog(log), _folder.File(NvidiaSmi.Program)))
        {
            Assert.Empty(cards.Now);
        }
        Assert.Equal("", log.ToString());
    }

    [Theory]
    [InlineData("echo 'NVIDIA-SMI has failed because it could not communicate with the driver.'; exit 9", "ended with code 9: NVIDIA-SMI has failed")]
    [InlineData("echo '0, 35, 1024'", "gave an answer that is not understood: 0, 35, 1024")]
    [InlineData("echo '0, much, 1024, 2048'", "gave an answer that is not understood: 0, much")]
    [InlineData("echo '-1, 3, 1024, 2048'", "gave an answer that is not understood: -1, 3")]
    [InlineData("while :; do echo 0123456789; done", "gave no answer within 0.5 s", 0.5)]
    [InlineData("sleep 600", "gave no answer within 0.2 s", 0.2)]
    [InlineData("sleep 2 & exit 0", "gave no answer within 0.2 s", 0.2)]
    public async Task A_wrong_or_late_answer_is_told_in_one_line(string script, string told, double patience = 60)
    {
        var program = NvidiaSmiFile.Write(_folder, script);
        var error = await Assert.ThrowsAsync<EngineException>(() => NvidiaSmi.Read(program, TimeSpan.FromSeconds(patience), CancellationToken.None));
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task What_is_wrong_stands_once_in_the_log_and_cards_are_told_of_when_it_is_right_again()
    {
        var count = _folder.File("asked");
        var script = NvidiaSmiFile.Write(_folder, $"echo >> {count}; case $(wc -l < {count}) in 1) echo nonsense;; 2) exit 9;; 3) sleep 600;; *) {Two};; esac");
        var log = new StringWriter();
        using (var cards = new GraphicsCards(new LineLog(log), script, (TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2))))
        {
            while (cards.Now.Count == 0)
            {
                await Task.Delay(20);
            }
            Assert.Equal([0, 1], cards.Now.Select(card => card.Index));
        }
        Assert.Single(log.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("what GPUs are doing is not known: ", log.ToString(), StringComparison.Ordinal);
    }
}
