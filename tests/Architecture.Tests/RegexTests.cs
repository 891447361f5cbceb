using System.Reflection;
using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Architecture.Tests;

/// <summary>A pattern that backtracks can take years over a short text: every regular expression of the programs gives up at some time.</summary>
public sealed class RegexTests
{
    private static readonly HashSet<string> Matching = ["IsMatch", "Match", "Matches", "Replace", "Split", "Count", "EnumerateMatches", "EnumerateSplits"];

    [Fact]
    public void No_regular_expression_looks_at_a_text_without_end()
    {
        var wrong = new[] { "Shared", "TrainingEngine", "LabelerWeb" }.SelectMany(name => Endless(Path.Combine(AppContext.BaseDirectory, name + ".dll"))).ToList();
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void An_endless_regular_expression_is_named_however_it_is_written()
    {
        var named = Endless(Assembly.GetExecutingAssembly().Location).ToList();
        Assert.Equal(3, named.Count(place => place.Contains("PlantedRegex", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Endless(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly, new ReaderParameters { ReadSymbols = true });
        foreach (var method in module.GetTypes().Where(type => type.Namespace != "System.Text.RegularExpressions.Generated" && !type.FullName.StartsWith("System.Text.RegularExpressions.Generated", StringComparison.Ordinal)).SelectMany(type => type.Methods))
        {
            if (method.CustomAttributes.Concat(PropertyOf(method)).Any(attribute => attribute.AttributeType.Name == nameof(GeneratedRegexAttribute) && !IsBounded(attribute)))
            {
                yield return $"{method.FullName}: [GeneratedRegex] without RegexTimeout.Milliseconds";
            }
            foreach (var call in method.HasBody ? method.Body.Instructions.Where(IsEndless) : [])
            {
                var point = method.DebugInformation.SequencePoints.LastOrDefault(at => at.Offset <= call.Offset && !at.IsHidden);
                yield return $"{point?.Document.Url}:{point?.StartLine}: {method.FullName} uses {((MethodReference)call.Operand).Name} without RegexTimeout.Span";
            }
        }
    }

    private static bool IsEndless(Instruction instruction) => instruction.Operand is MethodReference { DeclaringType.FullName: "System.Text.RegularExpressions.Regex" } called
        && (called.Name == ".ctor" || (!called.HasThis && Matching.Contains(called.Name)))
        && called.Parameters.All(parameter => parameter.ParameterType.FullName != "System.TimeSpan");

    // (pattern, options, milliseconds) or with a culture behind it.
    private static bool IsBounded(CustomAttribute attribute) => attribute.ConstructorArguments is [_, _, { Value: int and > 0 }, ..];

    private static IEnumerable<CustomAttribute> PropertyOf(MethodDefinition method) =>
        method.DeclaringType.Properties.Where(property => property.GetMethod == method).SelectMany(property => property.CustomAttributes);
}
