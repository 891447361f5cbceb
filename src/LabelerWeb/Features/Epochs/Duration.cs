namespace Labeler.Web.Features.Epochs;

/// <summary>A length of time as people say it.</summary>
public static class Duration
{
    public static string Text(TimeSpan time) => time switch
    {
        { TotalSeconds: < 90 } => Texts.Say($"{Math.Max(0, time.TotalSeconds):0} s"),
        { TotalMinutes: < 90 } => Texts.Say($"{time.TotalMinutes:0} min"),
        { TotalHours: < 48 } => Texts.Say($"{time.TotalHours:0.0} h"),
        _ => Texts.Say($"{time.TotalDays:0.0} days"),
    };
}
