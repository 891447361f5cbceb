namespace Labeler.TrainingEngine;

/// <summary>
/// An error that the user can do something about. The message is one line that says what is wrong and what to do;
/// commands print it on standard error and end with exit code 1.
/// </summary>
public sealed class EngineException(string message, Exception? inner = null) : Exception(message, inner);
