using System.Net;

namespace Labeler.TrainingEngine.Experiments.Annotating;

/// <summary>Sends a request again while the application is away or busy, as when it is restarted, and when it says that a token
/// has asked too often for now. A request that is sent twice must do no
/// more than one that is sent once, as votes with their keys do.</summary>
/// <param name="patience">How long a request is sent again; only once the application has answered for the first time.</param>
/// <param name="between">Two tries.</param>
public sealed class RestartPatience(TimeSpan patience, TimeSpan between, TimeProvider time) : DelegatingHandler
{
    private volatile bool _answered;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            var last = !_answered || time.GetElapsedTime(begun) > patience;
            try
            {
                var answer = await base.SendAsync(request, cancellationToken);
                await answer.Content.LoadIntoBufferAsync(cancellationToken);
                if (answer is { StatusCode: HttpStatusCode.TooManyRequests, Headers.RetryAfter.Delta: { } pause })
                {
                    answer.Dispose();
                    await Task.Delay(pause, time, cancellationToken);
                    continue;
                }
                if (last || answer.StatusCode is not
                    (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout))
                {
                    _answered = true;
                    return answer;
                }
                answer.Dispose();
            }
            catch (HttpRequestException) when (!last)
            {
                // Nobody listens, or whoever did is gone in the middle of the answer.
            }
            await Task.Delay(between, time, cancellationToken);
        }
    }
}
