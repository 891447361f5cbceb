namespace Architecture.Tests;

/// <summary>Namespaces of a program in an order: each may use those before it, none of those after it.</summary>
/// <param name="root">Namespace that all of them begin with.</param>
/// <param name="order">Names below the root. Names with a bar between them stand side by side and do not know each other.</param>
internal sealed class Layers(string root, params string[] order)
{
    private readonly string[][] _floors = [.. order.Select(floor => floor.Split('|', StringSplitOptions.TrimEntries))];

    /// <summary>A line for each arrow that points the wrong way, with file and line; and one for each namespace that has no place.</summary>
    /// <param name="free">Namespaces that all may use, and that may use all.</param>
    public IReadOnlyList<string> Wrong(string assembly, params string[] free) =>
        [.. Arrow.Of(assembly).Where(arrow => Inside(arrow.From) && Inside(arrow.To) && !Within(free, arrow.From) && !Within(free, arrow.To)).Select(Judge).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    private bool Inside(string name) => name == root || name.StartsWith(root + ".", StringComparison.Ordinal);

    // The root itself alone; any other with all below it.
    private bool Within(string[] free, string name) =>
        free.Any(one => name == one || (one != root && name.StartsWith(one + ".", StringComparison.Ordinal)));

    private string? Judge(Arrow arrow)
    {
        if (Find(arrow.From) is not { } from)
        {
            return $"{arrow.Place}: {arrow.From} has no place in the house; give it one in docs/architecture.md and in {nameof(ArchitectureTests)}";
        }
        if (Find(arrow.To) is not { } to || from == to)
        {
            return null;
        }
        return to.Floor < from.Floor ? null : $"{arrow.Place}: {arrow.From} must not use {arrow.To}";
    }

    // The longest name that fits; the root itself stands below everything.
    private (int Floor, string Name)? Find(string name)
    {
        if (name == root)
        {
            return (-1, root);
        }
        var below = name[(root.Length + 1)..];
        return _floors.SelectMany((floor, number) => floor.Select(one => (Floor: number, Name: one)))
            .Where(one => below == one.Name || below.StartsWith(one.Name + ".", StringComparison.Ordinal))
            .OrderByDescending(one => one.Name.Length).Select(one => ((int, string)?)one).FirstOrDefault();
    }
}
