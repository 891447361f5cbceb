using System.Globalization;

namespace Labeler.Web.Features.Dashboard;

/// <summary>One measure of two projects along what each has learned from.</summary>
public sealed record BesideMeasure(Measure Measure, Curve Own, Curve Others)
{
    public string Title => Measure switch
    {
        Measure.Normal => Texts.Key("Normal pictures of both"),
        Measure.Safe => Texts.Key("Safe pictures of both"),
        _ => Texts.Key("Mean score of both"),
    };

    public FigureTable Table => new($"beside-{Measure.ToString().ToLowerInvariant()}", Title,
        ["project", "epochs learned from", "labeled pictures", "value", "low", "high"],
        [.. new[] { Own, Others }.SelectMany(curve => curve.Points.Select(point => new[]
        {
            curve.Name, point.Epoch, point.Used, Cell(point.Value), Cell(point.Low), Cell(point.High),
        }))]);

    /// <summary>Whether the newest models of the two differ by more than chance, in words.</summary>
    public string Said
    {
        get
        {
            if (new[] { Own, Others }.FirstOrDefault(curve => curve.Points.Count == 0) is { } without)
            {
                return Texts.Say($"Nothing of {without.Name} has been judged yet.");
            }
            var (own, others) = (Own.Points[^1], Others.Points[^1]);
            var newest = $"{Told(Own.Name, own)}; {Told(Others.Name, others)}.";
            if (own.High <= own.Low || others.High <= others.Low)
            {
                return Texts.Say($"{newest} One group of pictures alone cannot tell whether they differ.");
            }
            var difference = Difference.Of((own.Value, own.Low, own.High), (others.Value, others.Low, others.High));
            var (value, low, high) = (Text(difference.Value), Text(difference.Low), Text(difference.High));
            return difference.IsMoreThanChance
                ? Texts.Say($"{newest} The difference of {value} lies between {low} and {high} with 95 %: it is more than chance.")
                : Texts.Say($"{newest} The difference of {value} lies between {low} and {high} with 95 %: it may be chance.");
        }
    }

    private string Told(string name, CurvePoint point) =>
        Texts.Say($"{name} after {point.Used:#,0} labeled pictures: {Text(point.Value)}, between {Text(point.Low)} and {Text(point.High)}");

    private string Text(double value) =>
        (Measure.IsShare() ? Percent.Text(value) : value.ToString("0.00", CultureInfo.InvariantCulture)).Replace('-', '−');

    private object Cell(double value) => Measure.IsShare() ? new Percent(value) : value;
}
