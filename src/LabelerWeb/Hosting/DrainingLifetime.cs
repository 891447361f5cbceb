using System.Runtime.InteropServices;

namespace Labeler.Web.Hosting;

/// <summary>Hears when the program is asked to end: by SIGTERM it drains first, by Ctrl+C it ends at once.</summary>
internal sealed class DrainingLifetime(Draining draining, IHostApplicationLifetime lifetime) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _heard = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        Hear(PosixSignal.SIGTERM, draining.Begin);
        Hear(PosixSignal.SIGINT, lifetime.StopApplication);
        Hear(PosixSignal.SIGQUIT, lifetime.StopApplication);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _heard.ForEach(signal => signal.Dispose());

    private void Hear(PosixSignal signal, Action then) => _heard.Add(PosixSignalRegistration.Create(signal, context =>
    {
        // It ends when the application has ended, and not by the signal.
        context.Cancel = true;
        then();
    }));
}
