namespace Labeler.TrainingEngine.Weights;

/// <summary>Shapes of tensors in files: as text, and compared with what is needed before anything is computed.</summary>
internal static class Shapes
{
    /// <summary>Stands for a dimension of any size from 1 on.</summary>
    public const long Any = -1;

    public static string Told(IEnumerable<long> shape) => $"[{string.Join(", ", shape.Select(size => size == Any ? "any" : $"{size}"))}]";

    /// <summary>Whether a shape is the needed one.</summary>
    public static bool Fit(long[] shape, long[] needed) =>
        shape.Length == needed.Length && shape.Zip(needed).All(pair => pair.First == pair.Second || (pair.Second == Any && pair.First > 0));

    /// <summary>Refuses a file that lacks tensors or has them in other shapes, in one error that lists them.</summary>
    /// <param name="file">Nothing but its header is read.</param>
    /// <param name="advice">What to do.</param>
    /// <param name="needed">Shape of each tensor; <see cref="Any"/> for sizes that do not matter.</param>
    /// <exception cref="EngineException">Something is missing or wrong.</exception>
    public static void Require(this SafeTensors file, string advice, params IEnumerable<(string Name, long[] Shape)> needed)
    {
        var faults = needed.Where(tensor => !file.Has(tensor.Name) || !Fit(file.ShapeOf(tensor.Name), tensor.Shape))
            .Select(tensor => file.Has(tensor.Name)
                ? $"{tensor.Name} is {Told(file.ShapeOf(tensor.Name))} and should be {Told(tensor.Shape)}"
                : $"{tensor.Name} is missing and should be {Told(tensor.Shape)}")
            .ToList();
        if (faults.Count > 0)
        {
            throw new EngineException($"{file.Path}: {string.Join("; ", faults)}: {advice}");
        }
    }
}
