using Labeler.Shared.Statistics;

namespace Labeler.Bench.Figures;

/// <summary>The gate that takes a worse model back, asked about two models that are the same, again and again.</summary>
/// <param name="RolledBack">Share of repetitions in which it takes one back.</param>
/// <param name="Covered">Share of the 95 % intervals of both that hold the true value.</param>
internal sealed record EqualModels(double RolledBack, double Covered)
{
    public static EqualModels Judge(SimulatedRaters raters, Measurement measurement, bool clustered, int repetitions, int seed)
    {
        var (figure, truth) =
            (clustered ? measurement.Clustered : measurement.Independent, measurement.Expected(raters.Expected(measurement.Shares)));
        var random = new Random(seed);
        var (worse, covered) = (0, 0);
        for (var n = 0; n < repetitions; n++)
        {
            var (before, now) = (figure(raters.Epoch(random, measurement.Shares)), figure(raters.Epoch(random, measurement.Shares)));
            covered += Holds(before, truth) + Holds(now, truth);
            worse += IsWorse(measurement, before, now) ? 1 : 0;
        }
        return new((double)worse / repetitions, covered / (2.0 * repetitions));
    }

    // A duel is against the other model already, and half is even.
    private static bool IsWorse(Measurement measurement, Interval before, Interval now) => measurement.Task == "pairs" ? now.High < 0.5
        : EpochChange.Of(new(2, measurement.Task, now.Value, now.Low, now.High),
            new(1, measurement.Task, before.Value, before.Low, before.High)).IsWorse;

    private static int Holds(Interval interval, double truth) => interval.Low <= truth && truth <= interval.High ? 1 : 0;
}
