using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Commands;

/// <summary>
/// The settings of an algorithm as options of a command: every property with a <see cref="DescriptionAttribute"/> is one, so
/// a setting that an algorithm gains is there by itself.
/// </summary>
public sealed partial class OptionsOnCommandLine
{
    private readonly List<(PropertyInfo Property, Option<string?> Option)> _settings = [];

    /// <param name="command">Gets the options.</param>
    /// <param name="defaults">Shown beside each option.</param>
    public OptionsOnCommandLine(Command command, UpdateOptions defaults)
    {
        foreach (var property in defaults.GetType().GetProperties().Where(property => property.CanWrite))
        {
            if (property.GetCustomAttribute<DescriptionAttribute>() is not { } described)
            {
                continue;
            }
            var option = new Option<string?>("--" + (property.GetCustomAttribute<OptionNameAttribute>()?.Name ?? Hyphenated(property.Name)))
            {
                Description = $"{described.Description} [{Shown(property.GetValue(defaults))}]",
                Arity = property.PropertyType == typeof(bool) ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
            };
            command.Add(option);
            _settings.Add((property, option));
        }
    }

    /// <summary>Those that belong to the algorithm alone: not the optimizer's, nor how many images make a step.</summary>
    public IEnumerable<Option> OfAlgorithmAlone =>
        _settings.Where(setting => setting.Property.DeclaringType != typeof(UpdateOptions) && setting.Option.Name != "--images-per-step")
            .Select(setting => setting.Option);

    /// <summary>The settings that were given, on top of the defaults.</summary>
    /// <exception cref="EngineException">A value is impossible.</exception>
    public T Read<T>(ParseResult parsed, T defaults) where T : UpdateOptions
    {
        var options = defaults with { };
        foreach (var (property, option) in _settings.Where(setting => parsed.GetResult(setting.Option) is not null))
        {
            property.SetValue(options, Parse(property.PropertyType, parsed.GetValue(option), option.Name));
        }
        options.Validate();
        return options;
    }

    private static object Parse(Type type, string? text, string name)
    {
        if (type == typeof(bool))
        {
            return text is null
                || (bool.TryParse(text, out var truth) ? truth : throw new EngineException($"{name} is true or false, not {text}"));
        }
        if (type.IsEnum)
        {
            var choice = Array.Find(Enum.GetNames(type), one => string.Equals(Hyphenated(one), text, StringComparison.OrdinalIgnoreCase));
            return choice is not null ? Enum.Parse(type, choice)
                : throw new EngineException($"{name} is {string.Join(", ", Enum.GetNames(type).Select(Hyphenated))}, not {text}");
        }
        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? whole
                : throw new EngineException($"{name} takes a whole number, not {text}");
        }
        return type == typeof(IReadOnlyList<double>)
            ? text!.Split(',')
                .Select(one => Number(one) ?? throw new EngineException($"{name} takes numbers with commas between them, not {one}"))
                    .ToArray()
            : Number(text) ?? throw new EngineException($"{name} takes a number, not {text}");
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static string Shown(object? value) => value switch
    {
        Enum choice => Hyphenated(choice.ToString()),
        IReadOnlyList<double> list => string.Join(',', list.Select(one => one.ToString(CultureInfo.InvariantCulture))),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!.ToLowerInvariant(),
    };

    private static string Hyphenated(string name) => Capital().Replace(name, "-$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Capital();
}
