using Labeler.Shared.Jobs;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Worker;

/// <summary>How far a share has come, or a job that is not cut: what of it was there already, and what has been done here.</summary>
/// <param name="missing">Pieces that are to be done.</param>
/// <param name="what">What a piece is, in the plural.</param>
internal sealed class ShareProgress(Job share, JobReporter reporter, int missing, string what, TimeProvider time)
{
    // A job that is not cut has no number of pieces.
    private readonly int _all = Math.Max(1, Math.Max(share.Pieces, missing));
    private readonly RunClock _clock = new(time, Math.Max(share.Pieces, missing), Math.Max(share.Pieces - missing, 0));
    private int _done = Math.Max(share.Pieces - missing, 0);

    /// <summary>Tells the pages.</summary>
    public void Tell() => reporter.Report((double)_done / _all, $"{_done} of {_all} {what}", _clock.SecondsLeft);

    /// <summary>Counts a piece that was written.</summary>
    /// <param name="pictures">Of it.</param>
    public void Made(int pictures)
    {
        JobInstruments.Made(share.Kind, pictures);
        Did(1);
    }

    /// <summary>Counts pieces whose results were written.</summary>
    public void Did(int pieces)
    {
        reporter.Advanced();
        _clock.Advance(pieces);
        _done += pieces;
        Tell();
    }
}
