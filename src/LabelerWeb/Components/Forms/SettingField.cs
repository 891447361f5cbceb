using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Labeler.Web.Components.Forms;

/// <summary>
/// One setting of an options record, described by its attributes: what the form shows of it, and how text becomes its value.
/// So an option that an algorithm gains appears in the form by itself.
/// </summary>
public sealed class SettingField
{
    private readonly PropertyInfo _property;
    private readonly DisplayAttribute _display;
    private readonly object? _default;

    private SettingField(PropertyInfo property, DisplayAttribute display, object defaults, string prefix)
    {
        _property = property;
        _display = display;
        _default = property.GetValue(defaults);
        Name = $"{prefix}.{property.Name}";
    }

    /// <summary>Name in the posted form, such as Training.Beta.</summary>
    public string Name { get; }

    public string Label => _display.Name ?? _property.Name;
    public string Help => _display.Description ?? "";
    public Type Type => Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;

    public bool MayBeEmpty => Type == typeof(string) ? _property.GetCustomAttribute<RequiredAttribute>() is null
        : Nullable.GetUnderlyingType(_property.PropertyType) is not null;

    public int? LongestText => _property.GetCustomAttribute<StringLengthAttribute>()?.MaximumLength;

    /// <summary>The default as people write it; empty for none.</summary>
    public string Default => Type.IsEnum ? Texts.Of(ChoiceNames.Of(Show(_default))) : Show(_default);

    /// <summary>The default and what is allowed, for people; bounds that nobody meets are left out.</summary>
    public string Bounds => _property.GetCustomAttribute<RangeAttribute>() is { } range
        && Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture) < 1e9
        ? Texts.Say($"Default {Default}, from {range.Minimum} to {range.Maximum}")
        : Texts.Say($"Default {Default}");

    /// <summary>The simple settings of <typeparamref name="T"/> as they are declared: numbers, texts, switches, choices.</summary>
    public static List<SettingField> Of<T>(string prefix, params string[] except) where T : new()
    {
        var defaults = new T();
        return [.. typeof(T).GetProperties()
            .Where(p => p.CanWrite && IsSimple(p.PropertyType) && !except.Contains(p.Name))
            .Select(p => (Property: p, Display: p.GetCustomAttribute<DisplayAttribute>()))
            .Where(p => p.Display is not null)
            .Select(p => new SettingField(p.Property, p.Display!, defaults, prefix))];
    }

    public string Text(object settings) => Show(_property.GetValue(settings));

    public bool IsOn(object settings) => _property.GetValue(settings) is true;

    /// <summary>Writes a posted text into a record that is being made.</summary>
    /// <exception cref="LabelerException">The text is not such a value.</exception>
    public void Set(object settings, string text)
    {
        text = text.Trim();
        if (text.Length == 0 && Type != typeof(string) && Type != typeof(bool))
        {
            _property.SetValue(settings, MayBeEmpty ? null : throw new LabelerException($"{Label} is empty; its default is {Default}."));
            return;
        }
        _property.SetValue(settings, Parse(text));
    }

    /// <param name="faults">Is told of the texts that are no such values, a sentence each; the settings keep what they had.</param>
    public static T Fill<T>(IEnumerable<SettingField> fields, T settings, IFormCollection posted, List<string> faults) where T : notnull
    {
        foreach (var field in fields)
        {
            try
            {
                field.Set(settings, posted[field.Name].ToString());
            }
            catch (LabelerException e)
            {
                faults.Add(e.Message);
            }
        }
        return settings;
    }

    private object Parse(string text)
    {
        const NumberStyles style = NumberStyles.Float;
        var culture = CultureInfo.InvariantCulture;
        if (Type == typeof(string))
        {
            return text;
        }
        if (Type == typeof(bool))
        {
            return text.Length > 0;
        }
        if (Type.IsEnum)
        {
            return Enum.TryParse(Type, text, out var choice) && Enum.IsDefined(Type, choice) ? choice
                : throw new LabelerException($"{Label} has no choice \"{text}\".");
        }
        if (Type == typeof(double) && double.TryParse(text, style, culture, out var real) && double.IsFinite(real))
        {
            return real;
        }
        if (Type == typeof(int) && int.TryParse(text, NumberStyles.Integer, culture, out var whole))
        {
            return whole;
        }
        if (Type == typeof(long) && long.TryParse(text, NumberStyles.Integer, culture, out var large))
        {
            return large;
        }
        var wanted = Type == typeof(double) ? "number" : "whole number";
        var typed = text.Length > 40 ? text[..40] : text;
        throw new LabelerException($"{Label} must be a {wanted}, not \"{typed}\".");
    }

    private static bool IsSimple(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare == typeof(int) || bare == typeof(long) || bare == typeof(double) || bare == typeof(bool) || bare == typeof(string)
            || (bare.IsEnum && !bare.IsDefined(typeof(FlagsAttribute), false));
    }

    private static string Show(object? value) => value switch
    {
        null => "",
        double number => number.ToString(Math.Abs(number) is > 0 and < 1e-3 ? "0.###e-0" : "0.########", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture) ?? "",
        _ => value.ToString() ?? "",
    };
}
