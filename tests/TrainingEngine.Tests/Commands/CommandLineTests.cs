using System.CommandLine;
using System.Diagnostics;
using Labeler.TrainingEngine.Commands;

namespace Labeler.TrainingEngine.Tests.Commands;

/// <summary>The commands speak through the console of the process, so these tests take turns.</summary>
[Collection("Console")]
public sealed class CommandLineTests
{
    [Fact]
    public void An_engine_error_is_one_line_on_standard_error_and_exit_code_1()
    {
        (int code, _, string error) = Run((_, _) => throw new EngineException("no such folder: x\nsecond line"));

        Assert.Equal((1, "error: no such folder: x\n"), (code, error));
    }

    [Fact]
    public void A_bug_is_one_line_too()
    {
        (int code, _, string error) = Run((_, _) => throw new InvalidOperationException("odd"));

        Assert.Equal((1, "error: internal error: InvalidOperationException: odd (LABELER_TRACE=1 shows where)\n"), (code, error));
    }

    [Fact]
    public void An_unknown_option_is_one_line_and_exit_code_1()
    {
        (int code, _, string error) = Run((_, _) => { }, "work", "--nonsense");

        Assert.Equal(1, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(letter => letter == '\n'));
    }

    [Fact]
    public void Ctrl_c_stops_the_work_cleanly_with_exit_code_130()
    {
        (int code, _, string error) = Run((_, stop) =>
        {
            using var kill = Process.Start("kill", ["-INT", Environment.ProcessId.ToString()]);
            Assert.True(stop.WaitHandle.WaitOne(TimeSpan.FromMinutes(1)));
            stop.ThrowIfCancellationRequested();
        });

        Assert.Equal((130, "stopped\n"), (code, error));
    }

    [Fact]
    public void Work_that_ends_well_is_exit_code_0()
    {
        (int code, string output, string error) = Run((_, _) => Console.WriteLine($"{1.5}"));

        Assert.Equal((0, "1.5\n", ""), (code, output, error));
    }

    private static (int Code, string Output, string Error) Run(Action<ParseResult, CancellationToken> work, params string[] args)
    {
        var command = new Command("work");
        command.Does(work);
        return ConsoleCapture.Of(() => CommandLine.Run(new RootCommand { command }, args.Length == 0 ? ["work"] : args));
    }
}
