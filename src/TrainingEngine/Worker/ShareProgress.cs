using Labeler.Shared.Jobs;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Worker;

/// <summary>How far a share has come: what of it was there already, and what has been made here.</summary>
/// <param name="missing">Pieces that are to be made.</param>
/// <param name="what">What a piece is, in the plural.</param>
internal sealed class ShareProgress(Job share, JobReporter reporter, int missing, string what, TimeProvider time)
{
    private readonly RunClock _clock = new(time, share.Pieces, share.Pieces - missing);
    private int _done = share.Pieces - missing;

    /// <summary>Tells the pages.</summary>
    public void Tell() => reporter.Report((double)_done / share.Pieces, $"{_done} of {share.Pieces} {what}", _clock.SecondsLeft);

    /// <summary>Counts a piece that was written.</summary>
    /// <param name="pictures">Of it.</param>
    public void Made(int pictures)
    {
        reporter.Advanced();
        JobInstruments.Made(share.Kind, pictures);
        _clock.Advance(1);
        _done++;
        Tell();
    }
}
