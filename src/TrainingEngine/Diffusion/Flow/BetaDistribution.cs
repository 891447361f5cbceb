namespace Labeler.TrainingEngine.Diffusion.Flow;

/// <summary>Beta(a, a), symmetric about ½: distribution function and quantiles.</summary>
/// <param name="shape">a, above 0.</param>
internal sealed class BetaDistribution(double shape)
{
    private const int MostTerms = 500;
    private readonly double _logBeta = (2 * LogGamma(shape)) - LogGamma(2 * shape);

    /// <summary>The value below which a share of the distribution lies.</summary>
    public double Quantile(double share)
    {
        if (share is <= 0 or >= 1)
        {
            return share <= 0 ? 0 : 1;
        }

        var (low, high) = (0.0, 1.0);
        // Halved until the two are neighbors: slow beside Newton's method, and without its start value.
        while ((low + high) / 2 is var middle && middle > low && middle < high)
        {
            (low, high) = Share(middle) < share ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The share of the distribution below x: the regularized incomplete beta function.</summary>
    public double Share(double x) => x <= 0.5 ? Lower(x) : 1 - Lower(1 - x);

    /// <summary>x^a (1−x)^a / (a B(a, a)) times a continued fraction (DLMF 8.17.22), by Lentz's method.</summary>
    private double Lower(double x)
    {
        if (x <= 0)
        {
            return 0;
        }

        var front = Math.Exp((shape * Math.Log(x)) + (shape * Math.Log(1 - x)) - _logBeta) / shape;
        double c = 1, d = Bounded(1 - (2 * shape * x / (shape + 1))), fraction = 1 / d;
        d = 1 / d;
        for (var m = 1; m <= MostTerms; m++)
        {
            var even = m * (shape - m) * x / ((shape + (2 * m) - 1) * (shape + (2 * m)));
            Step(even);
            var odd = -(shape + m) * ((2 * shape) + m) * x / ((shape + (2 * m)) * (shape + (2 * m) + 1));
            if (Math.Abs(Step(odd) - 1) < 1e-16)
            {
                break;
            }
        }

        return front * fraction;

        double Step(double coefficient)
        {
            d = 1 / Bounded(1 + (coefficient * d));
            c = Bounded(1 + (coefficient / c));
            fraction *= c * d;
            return c * d;
        }
    }

    private static double Bounded(double value) => Math.Abs(value) < 1e-300 ? 1e-300 : value;

    /// <summary>Stirling's series after the argument was raised.</summary>
    private static double LogGamma(double x)
    {
        var product = 1.0;
        for (; x < 15; x++)
        {
            product *= x;
        }

        var square = 1 / (x * x);
        var series = (1 / (12 * x)) * (1 - (square * (1.0 / 30 - (square * (1.0 / 105 - (square * (1.0 / 140)))))));
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series - Math.Log(product);
    }
}
