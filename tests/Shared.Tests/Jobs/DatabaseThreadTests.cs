using System.Globalization;
using Labeler.Shared.Jobs;

namespace Labeler.Shared.Tests.Jobs;

public sealed class DatabaseThreadTests
{
    [Fact]
    public void What_computes_steps_back_and_what_talks_with_the_database_does_not()
    {
        using var database = new DatabaseThread();
        var (before, after, talking) = (0, 0, 0);
        // A thread of its own, which takes its lower priority with it when it ends.
        var computing = new Thread(() =>
        {
            before = Niceness();
            DatabaseThread.LowerPriority(3);
            after = Niceness();
            talking = database.Do(() => Task.FromResult(Niceness()));
        });
        computing.Start();
        computing.Join();
        Assert.Equal((Math.Min(before + 3, 19), before), (after, talking));
    }

    [Fact]
    public void What_computes_at_19_does_so_only_while_nobody_else_wants_the_processor()
    {
        const int forIdleTimes = 5;
        using var database = new DatabaseThread();
        var (computes, talking) = (0, 0);
        var computing = new Thread(() =>
        {
            DatabaseThread.LowerPriority(19);
            computes = Field(41);
            talking = database.Do(() => Task.FromResult(Field(41)));
        });
        computing.Start();
        computing.Join();
        Assert.Equal((forIdleTimes, 0), (computes, talking));
    }

    [Fact]
    public void What_goes_wrong_there_is_told_to_the_one_who_asked_and_the_next_question_is_answered()
    {
        using var database = new DatabaseThread();
        var error = Assert.Throws<LabelerException>(() => database.Do(() => throw new LabelerException("the database is away")));
        Assert.Equal("the database is away", error.Message);
        Assert.Equal(4, database.Do(() => Task.FromResult(4)));
    }

    private static int Niceness() => Field(19);

    // As proc(5) counts them: the second is a name in brackets.
    private static int Field(int number) => int.Parse(
        File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[number - 3], CultureInfo.InvariantCulture);
}
