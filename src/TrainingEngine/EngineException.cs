using Labeler.Shared;

namespace Labeler.TrainingEngine;

/// <summary>
/// An error that the user can do something about. The message is one line that says what is wrong and what to do;
/// commands print it on standard error and end with exit code 1.
/// </summary>
public class EngineException(string message, Exception? inner = null) : LabelerException(message, inner);

/// <summary>All images were judged alike, so training would change nothing.</summary>
/// <param name="why">What is alike; follows "there is nothing to learn: ".</param>
public sealed class NothingToLearnException(string why) : EngineException($"there is nothing to learn: {why}");
