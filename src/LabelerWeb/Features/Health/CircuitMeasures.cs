using Labeler.Web.Hosting;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Labeler.Web.Features.Health;

/// <summary>Counts the pages that are connected.</summary>
internal sealed class CircuitMeasures : CircuitHandler
{
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Instruments.Circuits.Add(1);
        return Task.CompletedTask;
    }

    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Instruments.Circuits.Add(-1);
        return Task.CompletedTask;
    }
}
