using Labeler.Bench.Labeling;

var (options, exitCode) = BenchOptions.Parse(args);
if (options is null)
{
    return exitCode;
}

var groups = (int)(options.Rate * (options.Arrival + options.WarmUp + options.Seconds) * 1.2) + options.Annotators * 6 + options.Presses + 20;
Console.WriteLine($"{options.Annotators} annotators, {options.Rate} votes a second for {options.Seconds} s after {options.WarmUp} s of warming up, {groups} groups of 7, {(options.Training ? "beside a training job" : "nothing beside")}, {Environment.ProcessorCount} cores");
await using var house = await BenchmarkServer.Open(groups, options.Training);
var annotators = new Annotator[options.Annotators];
await Parallel.ForAsync(0, annotators.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (n, _) =>
    annotators[n] = await house.Invite($"Annotator {n + 1}"));
Console.WriteLine($"{annotators.Length} annotators have joined, voting begins");

await using var training = options.Training ? await TrainingBeside.Start(house.Server) : null;
var interval = TimeSpan.FromSeconds(options.Annotators / options.Rate);
var warm = TimeSpan.FromSeconds(options.WarmUp > 0 ? options.Arrival + options.WarmUp : 0);
var end = TimeSpan.FromSeconds(options.Arrival + options.WarmUp + options.Seconds);
var work = Task.WhenAll(annotators.Select((a, n) => a.Work(TimeSpan.FromSeconds(options.Arrival * n / annotators.Length), interval, end)));
await Task.Delay(warm);
var before = (Server: house.Server.ProcessorSeconds, Own: Environment.CpuUsage.TotalTime.TotalSeconds);
Array.ForEach(annotators, a => a.IsMeasured = true);
await work;

var acknowledged = annotators.SelectMany(a => a.Acknowledged).ToHashSet();
var errors = annotators.SelectMany(a => a.Errors).ToList();
var times = annotators.SelectMany(a => a.Acknowledgements).ToList();
Console.WriteLine(FormattableString.Invariant($"votes acknowledged: {acknowledged.Count}, {times.Count} of them measured, {times.Count / (end - warm).TotalSeconds:0.0} a second, errors {errors.Count}"));
Console.WriteLine(FormattableString.Invariant($"processor milliseconds a vote, with its pictures: server {1000 * (house.Server.ProcessorSeconds - before.Server) / times.Count:0.0}, annotators {1000 * (Environment.CpuUsage.TotalTime.TotalSeconds - before.Own) / times.Count:0.0}"));
Console.WriteLine(Figures.Line("acknowledgement", times));
foreach (var error in errors.GroupBy(e => e).OrderByDescending(e => e.Count()).Take(5))
{
    Console.WriteLine($"  {error.Count()} x {error.Key}");
}
if (training is not null)
{
    Console.WriteLine($"training job after the votes: {await training.Report()}");
}
if (options.Presses > 0)
{
    Console.WriteLine(Figures.Line("key press to next group", await Browsing.Measure(house, options.Presses)));
    if (training is not null)
    {
        Console.WriteLine($"training job after the key presses: {await training.Report()}");
    }
}
var (stored, doubled) = await house.Count(acknowledged);
Console.WriteLine($"of {acknowledged.Count} acknowledged votes {stored} are stored, {doubled} twice");
Array.ForEach(annotators, a => a.Dispose());
return stored == acknowledged.Count && doubled == 0 && errors.Count == 0 ? 0 : 1;
