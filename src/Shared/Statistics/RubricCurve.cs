using Labeler.Shared.Evaluations;

namespace Labeler.Shared.Statistics;

/// <summary>How people scored one training along its steps (mirror report, figure 6), at fixed or at random seeds.</summary>
/// <param name="Name">The training's, as <see cref="Contestant.Run"/> has it.</param>
public sealed record RubricCurve(string Name, bool IsFixed, IReadOnlyList<RubricStep> Steps)
{
    /// <summary>
    /// The trainings of which at least two steps were scored, in the plan's order, fixed seeds first. The base model, where it takes part,
    /// is step 0 of all that began with it.
    /// </summary>
    /// <param name="results">As <see cref="RubricResults.Read"/> gives them.</param>
    public static IReadOnlyList<RubricCurve> Of(EvaluationPlan plan, IReadOnlyList<RubricResults> results)
    {
        var runs = plan.Contestants.Where(one => one.Run is not null).Select(one => (Run: one.Run!, one.Model)).Distinct().ToList();
        return
        [
            .. results.GroupBy(result => result.IsFixed).SelectMany(seeds => runs.Select(run => new RubricCurve(run.Run, seeds.Key,
            [
                .. seeds.Select(result => (Result: result, Step: StepIn(plan.Contestants[result.Contestant], run.Run, run.Model)))
                    .Where(one => one.Step is not null).OrderBy(one => one.Step).Select(one => new RubricStep(one.Step!.Value, one.Result)),
            ]))).Where(run => run.Steps.Count > 1),
        ];
    }

    private static int? StepIn(Contestant one, string run, string model) =>
        one.Run == run ? one.Step : one is { Run: null, Checkpoint: null } && one.Model == model ? 0 : null;
}

/// <param name="Step">Optimizer steps taken.</param>
public sealed record RubricStep(int Step, RubricResults Results);
