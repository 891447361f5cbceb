using System.Diagnostics.CodeAnalysis;

namespace Labeler.Shared;

/// <summary>A mistake that a person can put right; the message is one clear line that says what to do.</summary>
public class LabelerException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The message with its figures apart, so that it can be said in another language; null where they are not.</summary>
    public FormattableString? Text { get; private init; }

    /// <summary>A mistake whose message has figures or names in it.</summary>
    public static LabelerException Of(FormattableString text) => new(FormattableString.Invariant(text)) { Text = text };

    public static void ThrowIf([DoesNotReturnIf(true)] bool mistaken, string message)
    {
        if (mistaken)
        {
            throw new LabelerException(message);
        }
    }
}

/// <summary>Nothing was written because the storage cannot take it now: the same may be sent again.</summary>
public sealed class StorageException(string message, Exception? inner = null) : LabelerException(message, inner);
