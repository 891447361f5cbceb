using System.CommandLine;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.SingleFile;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>random-model</c>: a model folder of a released model's dimensions with random weights, to measure time and memory.</summary>
internal static class RandomModelCommand
{
    private const string Medium35 = "sd35-medium";

    public static Command Create()
    {
        var like = new Option<string>("--like") { Description = "whose dimensions to take; sd35-medium is without T5", Required = true }
            .AcceptOnlyFromAmong([.. ReleasedShape.All.Select(shape => shape.Name), Medium35]);
        var target = new Option<string>("--out") { Description = "the model folder to make", Required = true };
        var type = new Option<string>("--dtype") { Description = "element type of the files", DefaultValueFactory = _ => "float32" }
            .AcceptOnlyFromAmong([.. Precisions.Names]);
        var seed = new Option<ulong>("--seed") { Description = "seed of the weights" };
        var tokenizer =
            new Option<string?>("--tokenizer") { Description = "tokenizer folder to copy; without it, texts become tokens byte by byte" };
        var command =
            new Command("random-model", "Makes a model folder with random weights, to measure time and memory at full size.") { like,
                target, type, seed, tokenizer };
        command.Does((parsed, stop) =>
        {
            var folder = parsed.GetRequiredValue(target);
            var (elements, number, texts) =
                (Precisions.Parse(parsed.GetRequiredValue(type)), parsed.GetValue(seed), parsed.GetValue(tokenizer));
            if (ReleasedShape.All.FirstOrDefault(shape => shape.Name == parsed.GetValue(like)) is { } released)
            {
                RandomModel.Write(released, folder, elements, number, texts, stop);
            }
            else
            {
                RandomModel.Write(ReleasedFlow.Medium35, folder, elements, number, texts, stop);
            }
            Console.WriteLine($"made {folder}");
        });
        return command;
    }
}
