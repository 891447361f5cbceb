namespace Labeler.Shared.Accounts;

/// <summary>What a program was answered to a request that it gave a key, so that the same one, sent again, does nothing twice.</summary>
public sealed class AnsweredRequest
{
    public const int LongestKey = 100;

    /// <summary>For so long a repeated request is known.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private AnsweredRequest() { }

    /// <param name="request">Method, address and a hash of the body: another request with the same key is a mistake.</param>
    public AnsweredRequest(Guid account, string key, string request, DateTimeOffset now) =>
        (AccountId, Key, Request, At) = (account, key, request, now);

    public Guid AccountId { get; private set; }
    public string Key { get; private set; } = "";
    public string Request { get; private set; } = "";
    public DateTimeOffset At { get; private set; }

    /// <summary>Null while it is being done.</summary>
    public int? Status { get; private set; }
    public string Answer { get; private set; } = "";
    public string MediaType { get; private set; } = "";

    public void Done(int status, string answer, string mediaType) => (Status, Answer, MediaType) = (status, answer, mediaType);
}
