using System.CommandLine;
using System.Globalization;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Experiments.Signals;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>steps</c>: at which sampling steps judgments teach, hence which steps are worth training on.</summary>
internal static class StepsCommand
{
    public static Command Create()
    {
        var (model, input, part) = (new ModelOptions(), new EpochInput(), new TrainedPartOptions());
        var draws = new Option<int>("--draws")
        {
            Description = "steps drawn anew whose gradients are averaged (as with train --redraw); 0 takes those that sampling took",
            DefaultValueFactory = _ => 3,
        };
        var seed = new Option<int>("--seed") { Description = "of the draws and of a new adapter", DefaultValueFactory = _ => 1 };
        var command = new Command("steps",
            "Says at which sampling steps judgments of sampled images teach: how far different groups agree about D3PO's gradient.");
        model.AddTo(command);
        input.AddTo(command);
        part.AddTo(command);
        command.Add(draws);
        command.Add(seed);
        command.Does((parsed, stop) =>
        {
            var (epoch, _) = input.Read(parsed, LearnsFrom.Preferences, stop);
            var agreement =
                new StepAgreement(model.Load(parsed), part.Read(parsed), epoch, Math.Max(0, parsed.GetValue(draws)), parsed.GetValue(seed));
            Console.WriteLine("step  timestep  gradient  agreement");
            foreach (var row in agreement.Run(stop))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{row.Step,4}  {row.Timestep,8}  {row.Norm,8:0.0e+00}  {row.Agreement,9:0.000}"));
            }
        });
        return command;
    }
}
