namespace Labeler.Web.Hosting;

/// <summary>A reason not to start that the person at the terminal can mend; its message is the one line that is printed.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
