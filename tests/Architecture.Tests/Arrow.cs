using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Architecture.Tests;

/// <summary>A use of one namespace by another, and a place where it stands.</summary>
/// <param name="Place">File and line; the file alone where a declaration has no code.</param>
internal sealed record Arrow(string From, string To, string Place)
{
    /// <summary>
    /// Every use of a type by another of the same program, read from the compiled assembly and its symbols, so that components
    /// count like other classes. Constants, which the compiler writes into the code that uses them, do not show.
    /// </summary>
    public static IReadOnlyList<Arrow> Of(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly, new ReaderParameters { ReadSymbols = true });
        return [.. module.GetTypes().SelectMany(OfType).Where(arrow => arrow.From.Length > 0 && arrow.To.Length > 0 && arrow.From != arrow.To).Distinct()];
    }

    private static IEnumerable<Arrow> OfType(TypeDefinition type)
    {
        var from = NamespaceOf(type);
        var file = type.Methods.SelectMany(Points).Select(point => point.Document.Url).FirstOrDefault() ?? type.FullName;
        var declared = type.Interfaces.Select(one => one.InterfaceType).Append(type.BaseType)
            .Concat(type.Fields.Select(field => field.FieldType))
            .Concat(type.CustomAttributes.Select(attribute => attribute.AttributeType))
            .Concat(type.Methods.SelectMany(method => method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType)));
        return declared.SelectMany(Names).Select(to => new Arrow(from, to, file)).Concat(type.Methods.Where(method => method.HasBody).SelectMany(method => OfBody(from, file, method)));
    }

    private static IEnumerable<Arrow> OfBody(string from, string file, MethodDefinition method)
    {
        var place = file;
        foreach (var instruction in method.Body.Instructions)
        {
            if (method.DebugInformation.GetSequencePoint(instruction) is { IsHidden: false } point)
            {
                place = $"{point.Document.Url}:{point.StartLine}";
            }
            foreach (var to in Used(instruction).SelectMany(Names))
            {
                yield return new Arrow(from, to, place);
            }
        }
    }

    private static IEnumerable<TypeReference?> Used(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        _ => [],
    };

    private static IEnumerable<string> Names(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Names).Append(NamespaceOf(generic.ElementType)),
        TypeSpecification wrapped => Names(wrapped.ElementType),
        _ => [NamespaceOf(type)],
    };

    private static string NamespaceOf(TypeReference type) => type.DeclaringType is { } outer ? NamespaceOf(outer) : type.Namespace;

    private static IEnumerable<SequencePoint> Points(MethodDefinition method) => method.DebugInformation.SequencePoints.Where(point => !point.IsHidden);
}
