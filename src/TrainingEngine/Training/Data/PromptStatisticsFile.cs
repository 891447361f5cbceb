using System.Text.Json;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>
/// The rewards that the running statistics of prompts remember, in a file that a training leaves beside its weights for that of the next
/// epoch. Where the application trains, they follow from the votes of the epochs before, and there is no file.
/// </summary>
/// <param name="Reward">Name of the reward; those of another cannot be compared with it.</param>
/// <param name="Prompts">For each prompt its newest rewards, the oldest first.</param>
public sealed record PromptStatisticsFile(string Reward, IReadOnlyDictionary<string, double[]> Prompts)
{
    private const string Name = "prompt-statistics.json";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <summary>Writes what a tracker remembers into the folder of a training.</summary>
    public static void Write(string folder, string reward, PerPromptStatTracker tracker) => AtomicFile.Write(
        Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(new PromptStatisticsFile(reward, tracker.Remembered()), Format));

    /// <summary>Fills a tracker with what the training of an earlier epoch left in its folder.</summary>
    /// <exception cref="EngineException">There is nothing, it cannot be read, or it is of another reward.</exception>
    public static void Read(string folder, string reward, PerPromptStatTracker tracker)
    {
        var path = Path.Combine(folder, Name);
        PromptStatisticsFile? file;
        try
        {
            file = JsonSerializer.Deserialize<PromptStatisticsFile>(File.ReadAllBytes(path), Format);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(
                $"{path}: cannot be read ({error.Message}); it is written by a training with the baseline of prompts, so name its --out",
                error);
        }
        catch (JsonException error)
        {
            throw new EngineException($"{path}: is not what a training writes ({error.Message})", error);
        }
        if (file is not { Reward: not null, Prompts: not null } || file.Prompts.Values.Any(rewards => rewards is null))
        {
            throw new EngineException($"{path}: lacks the reward's name or the prompts' rewards");
        }
        if (file.Reward != reward)
        {
            throw new EngineException($"{path}: has statistics of another reward, {file.Reward}, and this epoch is judged by {reward}");
        }
        tracker.Recall(file.Prompts);
    }
}
