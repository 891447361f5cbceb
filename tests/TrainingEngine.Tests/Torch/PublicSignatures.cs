using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Labeler.TrainingEngine.Tests.Torch;

/// <summary>Writes every public member of a namespace as one line: names, types, parameter names and defaults.</summary>
public static class PublicSignatures
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The lines of <paramref name="assembly"/> for namespace <paramref name="space"/> and those below it, sorted.</summary>
    public static SortedSet<string> Of(Assembly assembly, string space)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in assembly.GetTypes().Where(t => IsVisible(t) && (t.Namespace == space || t.Namespace?.StartsWith(space + ".", StringComparison.Ordinal) == true)))
        {
            lines.Add($"{KindOf(type)} {type.Namespace}.{NameOf(type)}");
            foreach (var member in type.GetMembers(Declared))
            {
                if (Describe(member) is { } text)
                {
                    lines.Add($"{NameOf(type)}: {text}");
                }
            }
        }
        return lines;
    }

    private static bool IsVisible(Type type) =>
        type.IsNested ? (type.IsNestedPublic || type.IsNestedFamily) && IsVisible(type.DeclaringType!) : type.IsPublic;

    private static string KindOf(Type type) =>
        type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsInterface ? "interface"
        : type is { IsAbstract: true, IsSealed: true } ? "static class" : "class";

    private static string? Describe(MemberInfo member) => member switch
    {
        MethodInfo { IsPublic: true } m when !IsAccessor(m) && !IsPlumbing(m) =>
            $"{(m.IsStatic ? "static " : "")}{NameOf(m.ReturnType)}{ElementNamesOf(m.ReturnParameter)} {m.Name}{GenericsOf(m)}({ParametersOf(m)})",
        ConstructorInfo { IsPublic: true } c => $"new({ParametersOf(c)})",
        PropertyInfo p when p.GetAccessors().Length > 0 =>
            $"{(p.GetAccessors()[0].IsStatic ? "static " : "")}{NameOf(p.PropertyType)} {p.Name}"
            + (p.GetIndexParameters().Length > 0 ? $"[{Join(p.GetIndexParameters())}]" : "")
            + $" {{{(p.GetGetMethod() is null ? "" : " get;")}{(p.GetSetMethod() is null ? "" : " set;")} }}",
        FieldInfo { IsPublic: true, IsSpecialName: false } f =>
            $"{(f.IsStatic ? "static " : "")}{NameOf(f.FieldType)} {f.Name}{(f.IsLiteral ? " = " + Value(f.GetRawConstantValue()) : "")}",
        _ => null,
    };

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsPlumbing(MethodInfo method) =>
        method.Name is "ToString" or "Equals" or "GetHashCode" or "Finalize" or "Dispose" or "PrintMembers" or "<Clone>$" or "Deconstruct";

    private static string GenericsOf(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    /// <summary>The names of a tuple's elements, by which callers take it apart.</summary>
    private static string ElementNamesOf(ParameterInfo result) =>
        result.GetCustomAttribute<TupleElementNamesAttribute>() is { } names ? $"({string.Join(", ", names.TransformNames)})" : "";

    private static string ParametersOf(MethodBase method) => Join(method.GetParameters());

    private static string Join(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(p =>
        (p.GetCustomAttributesData().Any(a => a.AttributeType.Name == nameof(ParamArrayAttribute)) ? "params " : "")
        + $"{NameOf(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = " + Value(p.RawDefaultValue) : "")}"));

    private static string Value(object? value) => value switch
    {
        null => "null",
        string s => $"\"{s}\"",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
        {
            return "ref " + NameOf(type.GetElementType()!);
        }
        if (type.IsArray)
        {
            return $"{NameOf(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }
        if (type.IsGenericParameter)
        {
            return type.Name;
        }
        var name = type.IsNested ? NameOf(type.DeclaringType!) + "." + type.Name : type.Name;
        if (!type.IsGenericType)
        {
            return name;
        }
        var outer = type.IsNested ? type.DeclaringType!.GetGenericArguments().Length : 0;
        var own = type.GetGenericArguments().Skip(outer).Select(NameOf).ToArray();
        return own.Length == 0 ? name : $"{name.Split('`')[0]}<{string.Join(", ", own)}>";
    }
}
