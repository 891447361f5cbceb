using Microsoft.Extensions.Logging;

namespace Labeler.TrainingEngine.Worker;

/// <summary>Log lines as a worker says them, the message alone: whoever started the process reads them line by line.</summary>
internal sealed class LineLog(TextWriter output) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        output.WriteLine(exception is null ? formatter(state, null) : $"{formatter(state, exception)} ({exception.Message})");

    public void Dispose()
    {
    }
}
