using System.Globalization;
using Labeler.TrainingEngine.Rewards.Learned;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>Rewards by the names that command lines know.</summary>
public static class RewardName
{
    private const string Detector = "detector:";

    // A new one needs a line here alone.
    private static readonly IReadOnlyList<Way> Ways =
    [
        new("compressibility", () => new JpegSize(large: false)),
        new("incompressibility", () => new JpegSize(large: true)),
        new("oracle", () => new PixelOracle(), "Mirror World's"),
        new("mirror", () => new MirrorDetections(new PixelOracle()), "on the oracle's detections"),
        new(Detector, "FILE:CLASS", rest => new MirrorDetections(DetectorOf(rest)),
            "mirror reward on a TorchScript detector whose class number CLASS is the mirror"),
        new("script:", "FILE", file => new ScriptScore(file), "a TorchScript score"),
        new("model:", "FILE", file => Told(RewardModel.Load(file)), "a reward model trained here"),
    ];

    /// <summary>What can be said, for help texts.</summary>
    public static string Known { get; } = $"{string.Join(", ", Ways.Select(way => way.Help))}, or an http:// address";

    /// <summary>The reward of a name.</summary>
    /// <exception cref="EngineException">There is none of that name, or it cannot be loaded.</exception>
    public static IReward Parse(string name) =>
        Ways.FirstOrDefault(way => way.Fits(name)) is { } way ? way.Open(name)
        : IsAddress(name) ? new EndpointReward(name)
        : throw new EngineException($"there is no reward '{name}'; there are {Known}");

    private static bool IsAddress(string name) =>
        name.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || name.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

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

    // A name, or where Rest says what follows, how names begin.
    private sealed record Way(string Name, string Rest, Func<string, IReward> Make, string About)
    {
        public Way(string name, Func<IReward> make, string about = "")
            : this(name, "", _ => make(), about)
        {
        }

        public string Help => About.Length > 0 ? $"{Name}{Rest} ({About})" : Name + Rest;

        public bool Fits(string name) => Rest.Length > 0 ? name.StartsWith(Name, StringComparison.Ordinal) : name == Name;

        public IReward Open(string name) => Make(name[Name.Length..]);
    }
}
