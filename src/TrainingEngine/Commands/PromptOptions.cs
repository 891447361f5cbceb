using System.CommandLine;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Models;

namespace Labeler.TrainingEngine.Commands;

/// <summary>The options by which a command is told its prompts.</summary>
public sealed class PromptOptions
{
    private readonly Option<string[]> _prompt = new("--prompt") { Description = "a prompt; may be given more than once" };
    private readonly Option<string> _file =
        new("--prompts") { Description = "file of prompts in UTF-8: one a line, or a JSON list as in D3PO's prompt.json" };
    private readonly Option<int> _count =
        new("--count") { Description = "groups in all, the prompts taking turns; by default one per prompt" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_prompt);
        command.Add(_file);
        command.Add(_count);
    }

    /// <summary>One prompt per group.</summary>
    /// <exception cref="EngineException">There is none, the file cannot be read, or the count is not positive.</exception>
    public IReadOnlyList<string> Of(ParseResult parsed)
    {
        string[] given = [.. parsed.GetValue(_prompt) ?? [], .. parsed.GetValue(_file) is { } path ? Read(path) : []];
        if (given.Length == 0)
        {
            throw new EngineException("no prompt is given; take --prompt TEXT or --prompts FILE");
        }

        int groups = parsed.GetResult(_count) is { Implicit: false } ? parsed.GetValue(_count) : given.Length;
        return groups >= 1
            ? [.. Enumerable.Range(0, groups).Select(group => given[group % given.Length])]
            : throw new EngineException($"--count is {groups}; at least 1 group is needed");
    }

    /// <summary>Says on standard error which prompts the text encoder will not read to their end.</summary>
    public void WarnOfCuts(StableDiffusion model, IReadOnlyList<string> prompts)
    {
        foreach (string text in prompts.Distinct())
        {
            ClipTokens tokens = model.Tokenizers[0].Encode(text);
            if (tokens.Dropped > 0)
            {
                string start = text.Length <= 40 ? text : text[..40] + "…";
                Console.Error.WriteLine(
                    $"warning: the prompt '{start}' is too long: the last {tokens.Dropped} of its {tokens.UntruncatedLength - 2} tokens "
                        + $"are dropped");
            }
        }
    }

    private static IReadOnlyList<string> Read(string path)
    {
        try
        {
            return PromptFileText.Read(File.ReadAllBytes(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be read as prompts ({error.Message})", error);
        }
    }
}
