using Labeler.Shared.Jobs;
using Microsoft.Extensions.Logging;

namespace Labeler.TrainingEngine.Worker;

/// <summary>What the machine's graphics cards are doing, looked at every few seconds beside the work: whoever asks gets the last look at
/// once. Where there is no <c>nvidia-smi</c> nothing is known; one that gives no answer is told once in the log, and asked on.</summary>
internal sealed partial class GraphicsCards : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _ending = new();
    private readonly ILogger _log;
    private readonly string _program;
    private readonly (TimeSpan Between, TimeSpan Patience) _times;
    private readonly Task _looking;
    private volatile IReadOnlyList<CardReading> _now = [];

    /// <param name="program">Asked as <see cref="NvidiaSmi.Program"/> is.</param>
    /// <param name="times">Between two looks, and for one; 10 and 5 s where it is null.</param>
    public GraphicsCards(ILogger log, string program = NvidiaSmi.Program, (TimeSpan Between, TimeSpan Patience)? times = null)
    {
        (_log, _program, _times) = (log, program, times ?? (Between, Patience));
        _looking = Task.Run(KeepLooking);
    }

    /// <summary>As the last look found them; none where it failed.</summary>
    public IReadOnlyList<CardReading> Now => _now;

    public void Dispose()
    {
        _ending.Cancel();
        _looking.GetAwaiter().GetResult();
        _ending.Dispose();
    }

    private async Task KeepLooking()
    {
        var told = false;
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                if (await NvidiaSmi.Read(_program, _times.Patience, _ending.Token) is not { } cards)
                {
                    return;
                }
                _now = cards;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (EngineException error)
            {
                _now = [];
                if (!told)
                {
                    told = true;
                    Log.NoAnswer(_log, error.Message);
                }
            }
            await Task.Delay(_times.Between, _ending.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "what GPUs are doing is not known: {Reason}; asked again, and not said again")]
        public static partial void NoAnswer(ILogger log, string reason);
    }
}
