using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>What happened at one timestep in one inner epoch. Sums, so that a checkpoint can carry them on.</summary>
public sealed class TimestepStatistics
{
    private static readonly JsonSerializerOptions Format = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Pairs seen.</summary>
    public long Pairs { get; set; }

    /// <summary>Images scored.</summary>
    public long Images { get; set; }

    /// <summary>Sides of pairs whose ratio lay outside the clamp: no gradient came from them.</summary>
    public long Dead { get; set; }

    /// <summary>Pairs whose winner gained more than its loser.</summary>
    public long Right { get; set; }

    /// <summary>Sum of the pairs' losses, unweighted.</summary>
    public double Loss { get; set; }

    /// <summary>Sum of Δ_winner − Δ_loser before the clamp.</summary>
    public double Margin { get; set; }

    /// <summary>Sum of the images' KL divergence from the policy that sampled, in nats.</summary>
    public double Kl { get; set; }

    /// <summary>Largest |Δ| of an image.</summary>
    public double LargestRatio { get; set; }

    /// <summary>Sum of the norms of the gradients that this timestep took part in, before clipping.</summary>
    public double GradientNorm { get; set; }

    /// <summary>Optimizer steps that this timestep took part in.</summary>
    public long Steps { get; set; }

    /// <summary>Mean loss of the pairs.</summary>
    [JsonIgnore]
    public double MeanLoss => Loss / Math.Max(1, Pairs);

    /// <summary>Share of the terms outside the clamp.</summary>
    [JsonIgnore]
    public double DeadShare => Dead / (2.0 * Math.Max(1, Pairs));

    /// <summary>Mean of Δ_winner − Δ_loser.</summary>
    [JsonIgnore]
    public double MeanMargin => Margin / Math.Max(1, Pairs);

    /// <summary>Share of the pairs whose winner gained more than its loser.</summary>
    [JsonIgnore]
    public double Accuracy => (double)Right / Math.Max(1, Pairs);

    /// <summary>Mean divergence of the images from the policy that sampled, in nats.</summary>
    [JsonIgnore]
    public double MeanKl => Kl / Images;

    /// <summary>Counts scored images.</summary>
    /// <param name="ratios">Δ of each.</param>
    public void AddImages(ReadOnlySpan<float> ratios)
    {
        Images += ratios.Length;
        foreach (var ratio in ratios)
        {
            LargestRatio = Math.Max(LargestRatio, Math.Abs(ratio));
        }
    }

    /// <summary>Counts the divergences of scored images from the policy that sampled.</summary>
    /// <param name="divergences">Of each image, as a mean over its latent.</param>
    /// <param name="latentSize">Numbers in a latent: a mean times it is in nats.</param>
    public void AddDivergences(ReadOnlySpan<float> divergences, long latentSize)
    {
        foreach (var divergence in divergences)
        {
            Kl += divergence * (double)latentSize;
        }
    }

    /// <summary>Counts one pair.</summary>
    public void AddPair(double winnerRatio, double loserRatio, double loss, D3poOptions options)
    {
        var (low, high) = options.Band;
        Pairs++;
        Loss += loss;
        Margin += winnerRatio - loserRatio;
        Right += winnerRatio > loserRatio ? 1 : 0;
        Dead += winnerRatio > high || (!options.OneSidedClamp && winnerRatio < low) ? 1 : 0;
        Dead += loserRatio < low || (!options.OneSidedClamp && loserRatio > high) ? 1 : 0;
    }

    /// <summary>What these images and pairs add to the means of an optimizer step.</summary>
    /// <param name="pairs">Of the step, counted at each of its timesteps.</param>
    /// <param name="images">Scored by the step, counted at each of its timesteps.</param>
    public IReadOnlyDictionary<string, double> Shares(double pairs, double images) => new Dictionary<string, double>
    {
        ["loss"] = Loss / Math.Max(1, pairs),
        ["dead"] = Dead / (2 * Math.Max(1, pairs)),
        ["margin"] = Margin / Math.Max(1, pairs),
        ["accuracy"] = Right / Math.Max(1, pairs),
        ["kl"] = Kl / images,
    };

    /// <summary>As another rank reads it: what is not finite, too.</summary>
    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, Format)!;

    /// <summary>What <see cref="ToJson"/> wrote.</summary>
    public static TimestepStatistics FromJson(JsonNode json) => json.Deserialize<TimestepStatistics>(Format)!;

    /// <summary>The sums of all together.</summary>
    public static TimestepStatistics Sum(IEnumerable<TimestepStatistics> all)
    {
        var sum = new TimestepStatistics();
        foreach (var one in all)
        {
            sum.Add(one);
        }
        return sum;
    }

    /// <summary>Takes over the sums of a micro-batch.</summary>
    public void Add(TimestepStatistics other)
    {
        Pairs += other.Pairs;
        Images += other.Images;
        Dead += other.Dead;
        Right += other.Right;
        Loss += other.Loss;
        Margin += other.Margin;
        Kl += other.Kl;
        LargestRatio = Math.Max(LargestRatio, other.LargestRatio);
    }
}
