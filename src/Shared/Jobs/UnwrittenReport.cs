namespace Labeler.Shared.Jobs;

/// <summary>Figures and lines of a running job that the database does not have yet. Several threads may use it.</summary>
internal sealed class UnwrittenReport
{
    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private readonly List<JobMetric> _figures = [];
    private readonly List<string> _lines = [];

    public void Add(IEnumerable<JobMetric> figures, IEnumerable<string> lines)
    {
        lock (_gate)
        {
            _figures.AddRange(figures);
            _lines.AddRange(lines);
        }
    }

    /// <summary>Hands over all that there is; where <paramref name="write"/> fails it stays for the next time.</summary>
    public void Write(Action<JobMetric[], string[]> write)
    {
        lock (_writing)
        {
            JobMetric[] figures;
            string[] lines;
            lock (_gate)
            {
                (figures, lines) = ([.. _figures], [.. _lines]);
            }
            if (figures.Length + lines.Length == 0)
            {
                return;
            }
            write(figures, lines);
            lock (_gate)
            {
                _figures.RemoveRange(0, figures.Length);
                _lines.RemoveRange(0, lines.Length);
            }
        }
    }
}
