using System.CommandLine;
using Labeler.TrainingEngine.Experiments.Annotating;

namespace Labeler.TrainingEngine.Commands;

/// <summary><c>annotate</c>: a simulated annotator votes in a running application, over the interface for programs.</summary>
public static class AnnotateCommand
{
    // As long as a restart of the application takes, with room to spare.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const string TokenVariable = "LABELER_TOKEN";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var server =
            new Option<string>("--server")
            {
                Description = "address of the application",
                DefaultValueFactory = _ => "http://localhost:5080"
            };
        var token =
            new Option<string?>("--token")
            {
                Description = $"access token of the account that votes, of the scope label; better in the environment as {TokenVariable}"
            };
        var project =
            new Option<string>("--project")
            {
                Description = "the project as in the labeling page's address: /p/PROJECT",
                Required = true
            };
        var noise = new Option<double>("--noise") { Description = "share of verdicts that are wrong, 0 to 1" };
        var ties = new Option<double>("--ties") { Description = "share of comparisons called a tie whatever is seen, 0 to 1" };
        var pace = new Option<double>("--pace") { Description = "seconds from an item to its vote", DefaultValueFactory = _ => 2 };
        var most = new Option<int>("--votes") { Description = "votes after which it stops; 0 for all there is" };
        var wait =
            new Option<bool>(
                "--wait")
            { Description = "stay while images are sampled or the model is trained, and judge the next epoch too" };
        var seed = new Option<long>("--seed") { Description = "decides which verdicts are wrong" };
        var command =
            new Command("annotate",
                "Judges a project of the bundled model as a simulated annotator, over the interface for programs.")
            { server, token, project, noise, ties, pace, most, wait, seed };
        command.Does((parsed, stop) =>
        {
            string secret = parsed.GetValue(token) ?? Environment.GetEnvironmentVariable(TokenVariable)
                ?? throw new EngineException(
                    $"make an access token of the scope label on the page of the account, and give it with --token or in {TokenVariable}");
            if (parsed.GetValue(pace) is not (>= 0 and <= 3600))
            {
                throw new EngineException($"--pace is {parsed.GetValue(pace)}; 0 to 3600 seconds are possible");
            }

            if (!Uri.TryCreate(parsed.GetRequiredValue(server), UriKind.Absolute, out Uri? address)
                || address.Scheme is not ("http" or "https"))
            {
                throw new EngineException($"--server is {parsed.GetRequiredValue(server)}; give an address such as http://localhost:5080");
            }

            var patient = new RestartPatience(Patience, TimeSpan.FromSeconds(2), TimeProvider.System)
            {
                InnerHandler = new SocketsHttpHandler(),
            };
            using var http = new HttpClient(patient) { BaseAddress = address, Timeout = 2 * Patience };
            http.DefaultRequestHeaders.Authorization = new("Bearer", secret);
            var annotator =
                new SimulatedAnnotator(new AnnotatorOptions(parsed.GetValue(noise), parsed.GetValue(ties), parsed.GetValue(seed)));
            var work = new WorkOptions(TimeSpan.FromSeconds(parsed.GetValue(pace)), parsed.GetValue(most), parsed.GetValue(wait));
            Work(http, parsed.GetRequiredValue(project), annotator, work, stop).GetAwaiter().GetResult();
        });
        return command;
    }

    private static async Task Work(
        HttpClient http, string project, SimulatedAnnotator annotator, WorkOptions work, CancellationToken stop)
    {
        LabelingClient desk = await LabelingClient.Open(http, project, stop);
        try
        {
            int votes = await new AnnotatorAtWork(desk, annotator, work, TimeProvider.System, Console.Out).Work(stop);
            Console.WriteLine($"{votes} votes stored");
        }
        catch (HttpRequestException error)
        {
            throw new EngineException($"{http.BaseAddress} answered no more ({error.Message}); the votes so far are stored", error);
        }
    }
}
