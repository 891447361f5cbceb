namespace Labeler.TrainingEngine.Experiments;

/// <summary>Numbers as they may stand on the command line.</summary>
internal static class Bounds
{
    /// <summary>Looks at each in turn.</summary>
    /// <exception cref="EngineException">One is outside of its bounds; names it.</exception>
    public static void Check(params ReadOnlySpan<(string Name, int Value, int Least, int Most)> numbers)
    {
        foreach (var (name, value, least, most) in numbers)
        {
            if (value < least)
            {
                throw new EngineException($"{name} is {value}; at least {least} is needed");
            }

            if (value > most)
            {
                throw new EngineException($"{name} is {value}; at most {most} is possible");
            }
        }
    }
}
