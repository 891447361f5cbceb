using System.Diagnostics.CodeAnalysis;

namespace Labeler.Shared;

/// <summary>A mistake that a person can put right; the message is one clear line that says what to do.</summary>
public class LabelerException(string message, Exception? inner = null) : Exception(message, inner)
{
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
