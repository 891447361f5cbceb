using System.Globalization;
using System.Text.Json;
using Labeler.Shared.Data;
using Labeler.Shared.Rewards;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Rewards.Learned;

/// <summary>
/// A reward model's safetensors file. The first format tells prompts apart by their number; the second holds the features of their texts,
/// the name of the model whose text encoder gave them, and path and hash of the image tower.
/// </summary>
internal static class RewardModelFile
{
    private const string Numbered = "labeler-reward-1", WithFeatures = "labeler-reward-2", Texts = "texts";

    public static void Write(string file, RewardModel model)
    {
        var tensors = new Dictionary<string, Tensor>(model.Network.Weights);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = model.TextModel is null && model.Tower is null ? Numbered : WithFeatures,
            ["prompts"] = JsonSerializer.Serialize(model.Prompts.Learned),
            ["right"] = model.Figures.Votes.Right.ToString(CultureInfo.InvariantCulture),
            ["of"] = model.Figures.Votes.Of.ToString(CultureInfo.InvariantCulture),
            ["independent"] = model.Figures.Votes.Independent.ToString("R", CultureInfo.InvariantCulture),
            ["learned_pairs"] = model.LearnedPairs.ToString(CultureInfo.InvariantCulture),
            [LearningFigures.Key] = JsonText.Write(model.Figures),
        };
        using var scope = NewDisposeScope();
        if (model.TextModel is { } text)
        {
            tensors[Texts] = model.Prompts.Table;
            metadata["text_model"] = text;
        }
        if (model.Tower is { } tower)
        {
            (metadata["tower"], metadata["tower_hash"]) = (Path.GetFullPath(tower.Path), tower.Hash);
        }
        SafeTensors.Write(file, tensors, metadata);
    }

    /// <exception cref="EngineException">It is no reward model, damaged, or its image tower is gone or another.</exception>
    public static RewardModel Read(string file, Func<string, StableDiffusion> textModel)
    {
        using var saved = SafeTensors.Open(file);
        var data = saved.Metadata;
        if (data.GetValueOrDefault("format") is not (Numbered or WithFeatures))
        {
            throw new EngineException($"{file} is no reward model of this program; make one with: engine train reward-model");
        }
        try
        {
            var prompts = JsonSerializer.Deserialize<string[]>(data["prompts"]) ?? [];
            var text = data.GetValueOrDefault("text_model");
            var figures = FiguresOf(data);
            var tower = data.TryGetValue("tower", out var path) ? TowerOf(file, path, data["tower_hash"]) : null;
            try
            {
                var shape = new RewardShape(text is null ? prompts.Length : saved.ShapeOf(Texts)[^1], text is not null,
                    tower is null ? null : saved.ShapeOf("fixed.tower.mean")[0]);
                var (network, rows) = WeightsOf(file, shape, prompts);
                Func<StableDiffusion>? encoder = text is null ? null : () => textModel(text);
                return new RewardModel(network, new KnownPrompts(rows, figures, encoder), figures, Number(data, "learned_pairs"))
                {
                    Tower = tower,
                    TextModel = text,
                };
            }
            catch
            {
                tower?.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException or OverflowException)
        {
            throw new EngineException($"{file}: its metadata are damaged ({error.Message})", error);
        }
    }

    private static (RewardNetwork, IReadOnlyList<(string, float[])>) WeightsOf(string file, RewardShape shape, string[] prompts)
    {
        using var scope = NewDisposeScope();
        using var weights = new CheckpointWeights([file], "a reward model of this program; train it again");
        var texts = shape.IsText ? weights.Take(Texts, [prompts.Length, shape.Prompt], Start.Zeros) : eye(prompts.Length);
        var network = RewardNetwork.Load(weights, shape);
        using (texts)
        {
            return (network, [.. prompts.Select((prompt, number) => (prompt, texts[number].data<float>().ToArray()))]);
        }
    }

    private static ImageTower TowerOf(string file, string path, string hash)
    {
        if (!File.Exists(path))
        {
            throw new EngineException($"{path}, the image tower that {file} has learned with, is not there any more");
        }
        var tower = new ImageTower(path);
        if (tower.Hash == hash)
        {
            return tower;
        }
        tower.Dispose();
        throw new EngineException($"{path} is another image tower than {file} has learned with; learn the reward again");
    }

    // Files from before it was looked at have pairs taken for independent, and no other figures.
    private static LearningFigures FiguresOf(IReadOnlyDictionary<string, string> data)
    {
        if (data.TryGetValue(LearningFigures.Key, out var text))
        {
            return JsonText.Read<LearningFigures>(text);
        }
        var (right, of) = (Number(data, "right"), Number(data, "of"));
        return new(
            new(right, of, data.TryGetValue("independent", out var independent)
                ? double.Parse(independent, NumberStyles.Float, CultureInfo.InvariantCulture) : of),
            null, [], null);
    }

    private static int Number(IReadOnlyDictionary<string, string> data, string name) =>
        int.Parse(data[name], NumberStyles.None, CultureInfo.InvariantCulture);
}
