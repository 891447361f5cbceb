using System.Text;

namespace Labeler.Bench.Scaling;

/// <summary>Takes the heading and a line, and has had enough.</summary>
internal sealed class FirstLines : TextWriter
{
    private readonly CancellationTokenSource _enough = new();
    private int _lines;

    public CancellationToken Enough => _enough.Token;

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (value == '\n' && ++_lines == 2)
        {
            _enough.Cancel();
        }
    }

    protected override void Dispose(bool disposing)
    {
        _enough.Dispose();
        base.Dispose(disposing);
    }
}
