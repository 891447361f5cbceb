namespace Labeler.Shared.Accounts;

/// <summary>Which key does what while labeling. Only keys and actions of the lists below can be bound, so nothing that is stored can ever
/// run as a script.</summary>
public sealed record KeyBindings
{
    /// <summary>Actions and the key (a value of KeyboardEvent.key) each has by default.</summary>
    public static IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>
    {
        ["commit"] = "Enter",
        ["skip"] = " ",
        ["undo"] = "u",
        ["previous"] = "ArrowLeft",
        ["next"] = "ArrowRight",
        ["zoom"] = "z",
        ["reveal"] = "b",
        ["help"] = "?",
        ["guidelines"] = "g",
        ["left"] = "1",
        ["right"] = "2",
        ["tie"] = "0",
        ["bothBad"] = "9",
    };

    public static KeyBindings Default { get; } = new();

    /// <summary>Action to key, for the actions a person has moved.</summary>
    public IReadOnlyDictionary<string, string> Moved { get; init; } = new Dictionary<string, string>();

    public string For(string action) => Moved.TryGetValue(action, out var key) ? key : Defaults[action];

    /// <exception cref="LabelerException">The action or key is not on the list, or two actions that can meet share a key.</exception>
    public static KeyBindings From(IReadOnlyDictionary<string, string> moved)
    {
        foreach (var (action, key) in moved)
        {
            LabelerException.ThrowIf(!Defaults.ContainsKey(action), $"There is no action \"{action}\" to bind a key to.");
            LabelerException.ThrowIf(!Allowed(key), "A key is a letter, a digit, Enter, the space bar, an arrow, or one of , . ; / ? - =");
        }
        var bindings = new KeyBindings { Moved = moved.Where(m => Defaults[m.Key] != m.Value).ToDictionary() };
        var taken = Defaults.Keys.GroupBy(bindings.For).FirstOrDefault(g => g.Count() > 1);
        return taken is null ? bindings
            : throw LabelerException.Of($"The key {taken.Key} is bound twice: choose another.");
    }

    /// <summary>Backspace is left out on purpose: other tools give it opposite meanings.</summary>
    public static bool Allowed(string key) =>
        key is "Enter" or " " or "ArrowLeft" or "ArrowRight" or "ArrowUp" or "ArrowDown"
        || (key.Length == 1 && (char.IsAsciiLetterLower(key[0]) || char.IsAsciiDigit(key[0]) || ",.;/?-=".Contains(key[0])));
}
