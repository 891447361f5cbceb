using System.Globalization;
using Labeler.TrainingEngine.Rewards.Learned;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>Rewards by the names that command lines know.</summary>
public static class RewardName
{
    private const string Script = "script:", Detector = "detector:", Model = "model:", Http = "http://", Https = "https://";

    /// <summary>What can be said, for help texts.</summary>
    public const string Known =
        "compressibility, incompressibility, oracle (Mirror World's), mirror (on the oracle's detections), detector:FILE:CLASS (mirror "
            + "reward on a TorchScript detector whose class number CLASS is the mirror), script:FILE (a TorchScript score), model:FILE (a "
            + "reward model trained here), or an http:// address";

    /// <summary>The reward of a name.</summary>
    /// <exception cref="EngineException">There is none of that name, or it cannot be loaded.</exception>
    public static IReward Parse(string name) => name switch
    {
        "compressibility" => new JpegSize(large: false),
        "incompressibility" => new JpegSize(large: true),
        "oracle" => new PixelOracle(),
        "mirror" => new MirrorDetections(new PixelOracle()),
        _ when Rest(name, Script) is { } file => new ScriptScore(file),
        _ when Rest(name, Detector) is { } rest => new MirrorDetections(DetectorOf(rest)),
        _ when Rest(name, Model) is { } file => Told(RewardModel.Load(file)),
        _ when name.StartsWith(Http, StringComparison.OrdinalIgnoreCase) || name.StartsWith(Https, StringComparison.OrdinalIgnoreCase) =>
            new EndpointReward(name),
        _ => throw new EngineException($"there is no reward '{name}'; there are {Known}"),
    };

    // Whoever uses a reward model is told how far to trust it.
    private static RewardModel Told(RewardModel model)
    {
        Console.WriteLine(model.Name);
        return model;
    }

    private static ScriptDetector DetectorOf(string rest) =>
        rest.LastIndexOf(':') is > 0 and var colon
            && long.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long mirror)
            ? new ScriptDetector(rest[..colon], mirror)
            : throw new EngineException($"a detector is named {Detector}FILE:CLASS with the class number of mirrors, not {Detector}{rest}");

    private static string? Rest(string name, string start) =>
        name.StartsWith(start, StringComparison.Ordinal) ? name[start.Length..] : null;
}
