using System.Text.Json;

namespace Labeler.Shared.ModelServers;

/// <summary>What one request to a server that runs a model came to.</summary>
public abstract record ServerReply;

/// <summary>It answered with JSON that tells of no error.</summary>
public sealed record ServerAnswer(JsonElement Root) : ServerReply;

/// <summary>It did not.</summary>
/// <param name="Reach">What else would fail.</param>
/// <param name="Reason">One line with the server's own words where it said any, such as "status 404: model 'x' not found".</param>
/// <param name="Parameter">The parameter of the request that the server does not take, as far as it says.</param>
/// <param name="Wait">How long the server asks to wait; null where it says nothing.</param>
public sealed record ServerFailure(FailureReach Reach, string Reason, string? Parameter = null, TimeSpan? Wait = null) : ServerReply;

public enum FailureReach
{
    /// <summary>The same request may succeed later.</summary>
    Passing,

    /// <summary>This request fails whenever it is made, because of what it asks about.</summary>
    ThisRequest,

    /// <summary>Every request fails: the key, the address, the model, a setting, money.</summary>
    EveryRequest,
}
