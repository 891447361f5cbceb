namespace Labeler.TrainingEngine.Verification;

/// <summary>One quantity of a golden file, compared with what this engine computes.</summary>
/// <param name="Quantity">Name in the file, and how it was measured.</param>
/// <param name="Error">What was measured; infinite where the shapes differ.</param>
/// <param name="Tolerance">The largest error that passes.</param>
internal sealed record Finding(string Quantity, double Error, double Tolerance)
{
    /// <summary>Not a number passes nothing.</summary>
    public bool Ok => Error <= Tolerance;

    /// <summary>How much of the tolerance is used up; over 1 fails.</summary>
    public double Used =>
        Ok ? (Tolerance > 0 ? Error / Tolerance : 0)
            : Math.Max(double.IsNaN(Error) ? double.PositiveInfinity : Error / Math.Max(Tolerance, double.Epsilon), 1);
}
