using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Amazon.Runtime;

namespace Labeler.Shared.Storage.S3;

/// <summary>What an S3 server's answer, or its silence, means.</summary>
internal static class S3Fault
{
    private static readonly string[] BusyCodes =
        ["SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "ThrottlingException", "OperationAborted"];

    /// <summary>May the same request be answered a moment later?</summary>
    public static bool Passes(Exception error, CancellationToken cancel) => !cancel.IsCancellationRequested
        && Chain(error).All(one => one is not AuthenticationException) && Chain(error).Any(one => one switch
        {
            AmazonServiceException said when (int)said.StatusCode != 0 => (int)said.StatusCode is 429 or >= 500 and not 501
                || BusyCodes.Contains(said.ErrorCode),
            HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException => true,
            _ => false,
        });

    /// <summary>Does the server not know such a request?</summary>
    public static bool IsUnknown(Exception error) =>
        Chain(error).Any(one => one is AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented });

    public static bool IsNotThere(Exception error) =>
        error is AmazonServiceException { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" };

    /// <summary>One line for whoever set the store up; null for what is no fault of the server or the settings.</summary>
    public static string? Of(Exception error, S3Options options)
    {
        var (server, chain) = (options.Endpoint?.ToString().TrimEnd('/') ?? $"Amazon S3 in {options.Region}", Chain(error).ToList());
        if (chain.OfType<AmazonServiceException>().FirstOrDefault(one => (int)one.StatusCode != 0) is { } said)
        {
            return $"The store {server} {Answer(said, options)}";
        }
        if (chain.OfType<AuthenticationException>().FirstOrDefault() is { } handshake)
        {
            return handshake.Message.Contains("NotTimeValid", StringComparison.Ordinal)
                ? $"The store {server} shows a certificate that has expired or is not valid yet: renew it, or set this machine's clock."
                : $"The store {server} shows a certificate that this machine does not trust ({handshake.Message.TrimEnd('.')}): "
                    + "add the authority that signed it to those of the system.";
        }
        if (chain.OfType<SocketException>().FirstOrDefault() is { } socket)
        {
            return socket.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
                ? $"The store {server} is not there: no machine has that name; check Store:S3:Endpoint."
                : $"The store {server} is not there ({socket.Message}): start it, or check Store:S3:Endpoint.";
        }
        return error switch
        {
            AmazonClientException when chain.Any(one => one.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase)) =>
                "No keys for the store were found: set Store:S3:AccessKey and Store:S3:SecretKey, or AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY.",
            AmazonClientException or HttpRequestException or IOException or TimeoutException or OperationCanceledException =>
                $"The store {server} does not answer ({chain[^1].Message.TrimEnd('.')}): see that it runs and that the network leads "
                    + "to it.",
            _ => null,
        };
    }

    private static string Answer(AmazonServiceException said, S3Options options) => (said.ErrorCode, (int)said.StatusCode) switch
    {
        ("NoSuchBucket", _) => $"has no bucket \"{options.Bucket}\": make it, or mend Store:S3:Bucket.",
        ("InvalidAccessKeyId", _) => "does not know the access key: mend Store:S3:AccessKey.",
        ("SignatureDoesNotMatch", _) => "says that the secret key is wrong: mend Store:S3:SecretKey.",
        ("RequestTimeTooSkewed", _) => "says that this machine's clock is wrong: set it by a time server.",
        ("AuthorizationHeaderMalformed" or "PermanentRedirect", _) =>
            $"does not hold the bucket \"{options.Bucket}\" in the region \"{options.Region}\": mend Store:S3:Region.",
        (_, 401 or 403) => $"refuses the key for the bucket \"{options.Bucket}\" ({said.ErrorCode}): "
            + "let it list, read, write and delete there, or set another.",
        (_, 429 or (>= 500 and not 501)) => $"is busy or out of order ({(int)said.StatusCode} {said.ErrorCode}); the same was tried for "
            + $"{options.Patience.TotalSeconds:0} seconds: try again later.",
        _ => $"refused a request ({(int)said.StatusCode} {said.ErrorCode}: {said.Message.TrimEnd('.')}).",
    };

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (var at = error; at is not null; at = at.InnerException)
        {
            yield return at;
        }
    }
}
