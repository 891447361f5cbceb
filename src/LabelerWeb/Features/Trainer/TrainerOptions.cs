using System.ComponentModel.DataAnnotations;

namespace Labeler.Web.Features.Trainer;

public sealed class TrainerOptions
{
    public const string Section = "Trainer";
    public bool Start { get; set; } = true;

    [Range(1, 16)]
    public int Workers { get; set; } = 1;

    /// <summary>Where workers compute for projects that name no device, as cuda:0,cuda:1; several share sampling. Empty for the best that
    /// there is.</summary>
    public string Device { get; set; } = "";

    /// <summary>Processes that do a training together by Open MPI, each on one of the devices in turn.</summary>
    [Range(1, 64)]
    public int Ranks { get; set; } = 1;

    /// <summary>Added to the nice value of the worker's computing, 0 (as the web) to 19 (only what nobody else wants, which
    /// it leaves at once).</summary>
    [Range(0, 19)]
    public int Niceness { get; set; } = 10;

    /// <summary>How many seconds of training the end of a worker may cost; 0 writes a checkpoint after every step.</summary>
    [Range(0, 3600)]
    public double CheckpointSeconds { get; set; } = 15;

    /// <summary>The engine's assembly; the build's own when empty.</summary>
    public string? EnginePath { get; set; }

    /// <summary>A worker that says nothing for so many seconds is taken for hung and is restarted.</summary>
    [Range(10, 3600)]
    public int SilenceSeconds { get; set; } = 600;

    /// <summary>The wait before a worker that ended is started again, doubled at each failure in a row up to five minutes.</summary>
    [Range(1, 300)]
    public int RestartSeconds { get; set; } = 2;

    [Range(1, 300)]
    public int StopSeconds { get; set; } = 20;
}
