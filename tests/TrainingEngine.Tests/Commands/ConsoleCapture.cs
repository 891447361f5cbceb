namespace Labeler.TrainingEngine.Tests.Commands;

/// <summary>Runs something and hands back what it wrote on the console.</summary>
internal static class ConsoleCapture
{
    public static (int Code, string Output, string Error) Of(Func<int> run)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using var capturedOutput = new StringWriter();
        using var capturedError = new StringWriter();
        Console.SetOut(capturedOutput);
        Console.SetError(capturedError);
        try
        {
            return (run(), capturedOutput.ToString(), capturedError.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
