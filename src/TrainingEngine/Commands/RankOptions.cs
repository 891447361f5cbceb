using System.CommandLine;
using Labeler.TrainingEngine.Compute.Ranks;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The option that says how many processes work on one training.</summary>
internal sealed class RankOptions
{
    private readonly Option<int> _ranks = new("--ranks")
    {
        Description = "processes that train together by Open MPI: started here, or by the mpirun or srun that starts this command",
        DefaultValueFactory = _ => 1,
    };

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Add(_ranks);

    /// <summary>Starts the ranks where several are asked for and this process is none of them; their exit code, or null.</summary>
    /// <exception cref="EngineException">They cannot be started.</exception>
    public int? Launch(ParseResult parsed, CancellationToken stop) => parsed.GetValue(_ranks) switch
    {
        < 1 => throw new EngineException("--ranks: at least 1"),
        > 1 and var count when !MpiRanks.IsOne => RankProcesses.Run(count, parsed.Tokens.Select(token => token.Value), stop),
        _ => null,
    };

    /// <summary>The ranks, this process among them.</summary>
    /// <exception cref="EngineException">Another number of them was started than is asked for, or there is no Open MPI.</exception>
    public IRanks Join(ParseResult parsed)
    {
        var asked = parsed.GetValue(_ranks);
        IRanks ranks = asked > 1 ? new MpiRanks() : SingleRank.Only;
        return ranks.Count == asked
            ? ranks
            : throw new EngineException($"--ranks says {asked}, and {ranks.Count} were started: give mpirun or srun the same number");
    }
}
