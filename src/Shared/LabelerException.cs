namespace Labeler.Shared;

/// <summary>A mistake that a person can put right; the message is one clear line that says what to do.</summary>
public sealed class LabelerException(string message, Exception? inner = null) : Exception(message, inner);
