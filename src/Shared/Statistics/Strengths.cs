namespace Labeler.Shared.Statistics;

/// <summary>
/// Strengths by the model of R. A. Bradley and M. E. Terry (Biometrika 39, 1952): i is preferred to j with probability
/// p_i / (p_i + p_j), so the logarithms θ = ln p differ by the log-odds. The most likely ones, found by Newton's method; besides what was
/// said everybody has one draw against an average one, so that who won or lost everything has a strength too.
/// </summary>
internal static class Strengths
{
    private const int MostSteps = 100;
    private const double Enough = 1e-9, LongestStep = 2;

    /// <summary>θ of each, with mean 0.</summary>
    /// <param name="won">[i, j]: how often i was preferred to j, half for each in a draw.</param>
    /// <param name="start">Where to begin; null for all alike. It does not change what comes out.</param>
    /// <param name="draws">How many draws against an average one everybody has.</param>
    public static double[] Of(double[,] won, double[]? start = null, double draws = 1)
    {
        var count = won.GetLength(0);
        var strengths = start is null ? new double[count] : [.. start];
        for (var step = 0; step < MostSteps; step++)
        {
            var (gradient, curvature) = Slope(won, strengths, draws);
            var change = Solve(curvature, gradient);
            var longest = change.Max(Math.Abs);
            var share = longest > LongestStep ? LongestStep / longest : 1;
            for (var i = 0; i < count; i++)
            {
                strengths[i] += share * change[i];
            }
            if (longest < Enough)
            {
                break;
            }
        }
        var mean = strengths.Average();
        return [.. strengths.Select(strength => strength - mean)];
    }

    // Of the log-likelihood: its gradient, and its second derivatives with the sign turned.
    private static (double[] Gradient, double[,] Curvature) Slope(double[,] won, double[] strengths, double draws)
    {
        var count = strengths.Length;
        var (gradient, curvature) = (new double[count], new double[count, count]);
        for (var i = 0; i < count; i++)
        {
            var average = Sigmoid(strengths[i]);
            gradient[i] += draws * (0.5 - average);
            curvature[i, i] += draws * average * (1 - average);
            for (var j = 0; j < i; j++)
            {
                var met = won[i, j] + won[j, i];
                var expected = Sigmoid(strengths[i] - strengths[j]);
                var (above, weight) = (won[i, j] - met * expected, met * expected * (1 - expected));
                (gradient[i], gradient[j]) = (gradient[i] + above, gradient[j] - above);
                (curvature[i, i], curvature[j, j]) = (curvature[i, i] + weight, curvature[j, j] + weight);
                (curvature[i, j], curvature[j, i]) = (-weight, -weight);
            }
        }
        return (gradient, curvature);
    }

    // Gauss without exchanging rows: the draws against the average one make the diagonal dominant.
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var count = right.Length;
        for (var pivot = 0; pivot < count; pivot++)
        {
            for (var row = pivot + 1; row < count; row++)
            {
                var factor = matrix[row, pivot] / matrix[pivot, pivot];
                for (var column = pivot; column < count; column++)
                {
                    matrix[row, column] -= factor * matrix[pivot, column];
                }
                right[row] -= factor * right[pivot];
            }
        }
        for (var row = count - 1; row >= 0; row--)
        {
            for (var column = row + 1; column < count; column++)
            {
                right[row] -= matrix[row, column] * right[column];
            }
            right[row] /= matrix[row, row];
        }
        return right;
    }

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
}
