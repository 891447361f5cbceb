using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Scoring;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Rewards;
using Labeler.TrainingEngine.Rewards.Learned;

namespace Labeler.TrainingEngine.Worker;

/// <summary>From what an admin has set up to what scores pictures.</summary>
internal sealed class InstalledReward(DataFolder folder, FileStore files, ReachOptions reach, ScoringWorkflow scoring, LoadedModel models)
{
    /// <exception cref="LabelerException">It is not there any more, or cannot be loaded.</exception>
    public IReward Open(long reward, JobReporter reporter) => Open(reporter.Ask(() => scoring.Find(reward)), reporter);

    /// <exception cref="EngineException">It cannot be loaded; the message says why in one line.</exception>
    public IReward Open(ScoringWork work, JobReporter reporter)
    {
        var settings = work.Reward.Settings;
        return work.Reward.Kind switch
        {
            RewardKind.Compressibility => new JpegSize(large: false),
            RewardKind.Incompressibility => new JpegSize(large: true),
            RewardKind.MirrorWorld => new PixelOracle(),
            RewardKind.MirrorWorldMirror => new MirrorDetections(new PixelOracle()),
            RewardKind.ScriptScore => new ScriptScore(FileOf(settings)),
            RewardKind.ScriptDetector => new MirrorDetections(
                new ScriptDetector(FileOf(settings), settings.MirrorClass, settings.Objects),
                new MirrorThresholds(settings.MirrorScore, settings.ObjectScore, settings.InsideShare)),
            RewardKind.Endpoint => new EndpointReward(settings.Address, OptionsOf(settings, work.Key)),
            RewardKind.VisionLanguage => new JudgeReward(
                settings.Address, settings.Model, settings.Question, settings.Answer, OptionsOf(settings, work.Key)),
            RewardKind.Learned => RewardModel.Load(
                files.Verified(work.LearnedWeights!, reporter.Stop), texts => models.Of(texts, new(), reporter).Diffusion),
            _ => throw new EngineException($"this trainer knows no reward of the kind {work.Reward.Kind}; update it"),
        };
    }

    private EndpointOptions OptionsOf(RewardSettings settings, string? key) => new()
    {
        AtOnce = settings.AtOnce,
        Attempts = settings.Attempts,
        Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds),
        Key = key,
        Reach = reach,
    };

    private string FileOf(RewardSettings settings) =>
        Path.IsPathRooted(settings.File) ? settings.File : Path.Combine(folder.Root, settings.File);
}
