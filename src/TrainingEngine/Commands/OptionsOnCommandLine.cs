using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Commands;

/// <summary>
/// The settings of an algorithm as options of a command: every property of <typeparamref name="T"/> with a
/// <see cref="DescriptionAttribute"/> is one, so a setting that an algorithm gains is there by itself.
/// </summary>
public sealed partial class OptionsOnCommandLine<T> where T : UpdateOptions, new()
{
    private readonly List<(PropertyInfo Property, Option<string?> Option)> settings = [];

    /// <param name="command">Gets the options.</param>
    public OptionsOnCommandLine(Command command)
    {
        var defaults = new T();
        foreach (var property in typeof(T).GetProperties().Where(property => property.CanWrite))
        {
            if (property.GetCustomAttribute<DescriptionAttribute>() is not { } described)
            {
                continue;
            }
            var option = new Option<string?>("--" + Hyphenated(property.Name))
            {
                Description = string.Create(CultureInfo.InvariantCulture, $"{described.Description} [{Shown(property.GetValue(defaults))}]"),
                Arity = property.PropertyType == typeof(bool) ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
            };
            command.Add(option);
            settings.Add((property, option));
        }
    }

    /// <summary>The defaults with what was given.</summary>
    /// <exception cref="EngineException">A value is impossible.</exception>
    public T Read(ParseResult parsed)
    {
        var options = new T();
        foreach (var (property, option) in settings)
        {
            if (parsed.GetResult(option) is not null)
            {
                property.SetValue(options, Parse(property.PropertyType, parsed.GetValue(option), option.Name));
            }
        }
        options.Validate();
        return options;
    }

    private static object Parse(Type type, string? text, string name)
    {
        const NumberStyles Any = NumberStyles.Float;
        var culture = CultureInfo.InvariantCulture;
        if (type == typeof(bool))
        {
            return text is null || bool.TryParse(text, out var truth) && truth;
        }
        if (type.IsEnum)
        {
            var choice = Array.Find(Enum.GetNames(type), one => Hyphenated(one) == text);
            return choice is not null ? Enum.Parse(type, choice)
                : throw new EngineException($"{name} is {string.Join(", ", Enum.GetNames(type).Select(Hyphenated))}, not {text}");
        }
        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var whole) ? whole : throw new EngineException($"{name} takes a whole number, not {text}");
        }
        return double.TryParse(text, Any, culture, out var number) && double.IsFinite(number) ? number : throw new EngineException($"{name} takes a number, not {text}");
    }

    private static string Shown(object? value) => value is Enum choice ? Hyphenated(choice.ToString()) : Convert.ToString(value, CultureInfo.InvariantCulture)!.ToLowerInvariant();

    private static string Hyphenated(string name) => Capital().Replace(name, "-$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
