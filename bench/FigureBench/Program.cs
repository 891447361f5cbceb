using System.CommandLine;
using System.Globalization;
using Labeler.Bench.Figures;

var repetitions = new Option<int>("--repetitions") { DefaultValueFactory = _ => 1000, Description = "epochs compared for each line" };
var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "decides everything that is drawn" };
var raters = new Option<int>("--raters") { DefaultValueFactory = _ => 3, Description = "people who judge every picture" };
var error = new Option<double>("--error") { DefaultValueFactory = _ => 0.1, Description = "how often one of them errs, 0 to 1" };
var command = new RootCommand(
    "How often two equal models are told apart, and how often 95 % intervals hold the truth: over pictures as the product has them, "
    + "and as if every vote were independent.") { repetitions, seed, raters, error };
command.SetAction(parsed =>
{
    Console.WriteLine("| task | groups × pictures, alike | rolled back, votes / clusters, % | covered, votes / clusters, % |");
    Console.WriteLine("|---|---|---|---|");
    foreach (var (groups, size, alike) in new[] { (100, 1, 0.0), (50, 7, 0.0), (50, 7, 0.3), (12, 7, 0.3) })
    {
        var people = new SimulatedRaters(groups, size, alike, parsed.GetValue(raters), parsed.GetValue(error));
        foreach (var measurement in Measurement.All)
        {
            EqualModels Judge(bool clustered) =>
                EqualModels.Judge(people, measurement, clustered, parsed.GetValue(repetitions), parsed.GetValue(seed));
            var (votes, clusters) = (Judge(false), Judge(true));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {measurement.Task} | {groups} × {size}, {alike:0.0} | {100 * votes.RolledBack:0.0} / {100 * clusters.RolledBack:0.0} "
                + $"| {100 * votes.Covered:0.0} / {100 * clusters.Covered:0.0} |"));
        }
    }
    Console.WriteLine();
    Console.WriteLine("| ratings of five models | pictures, raters, alike | covered, votes / pictures, % | bias of the strongest |");
    Console.WriteLine("|---|---|---|---|");
    foreach (var (pictures, alike) in new[] { (100, 0.0), (100, 0.5), (30, 0.5), (10, 0.5) })
    {
        var ranked = RankedModels.Judge([1180, 1060, 1000, 920, 840], pictures, 5, alike, parsed.GetValue(repetitions) / 5,
            parsed.GetValue(seed));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| 840 to 1180 | {pictures}, 5, {alike:0.0} | {100 * ranked.Independent:0.0} / {100 * ranked.Clustered:0.0} | {ranked.Bias:0.0} |"));
    }
});
return command.Parse(args).Invoke();
