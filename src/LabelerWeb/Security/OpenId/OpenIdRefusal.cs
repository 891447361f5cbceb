namespace Labeler.Web.Security.OpenId;

/// <summary>Why somebody who came from the provider is not let in; the sign-in page has a sentence for each.</summary>
public enum OpenIdRefusal
{
    /// <summary>The provider's answer was not one to this browser's question, or is not to be trusted.</summary>
    Failed,

    /// <summary>They, or the provider, said no.</summary>
    Denied,
    Unreachable,
    NoGroup,
    Disabled,

    /// <summary>Their groups would leave nobody as admin.</summary>
    LastAdmin,
}
