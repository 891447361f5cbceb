using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Scoring;

namespace Labeler.TrainingEngine.Rewards;

/// <summary>
/// A vision-language model as a judge, as in DDPO's prompt alignment (arXiv 2305.13301, section 5.1) and in learning from AI feedback:
/// it is asked about one picture at a time, and answers with a number from 1 to 10 or with yes or no.
/// </summary>
public sealed partial class JudgeReward : IReward
{
    private const int MostTokens = 1000, Quality = 90;
    private readonly (string Model, string Question, AnswerKind Answer) _asked;
    private readonly EndpointOptions _options;
    private readonly HttpClient _client;
    private readonly ChatModel _model;

    /// <param name="endpoint">Of an OpenAI-compatible interface, such as https://host/v1.</param>
    /// <param name="question">{prompt} stands for what a picture was made from.</param>
    public JudgeReward(string endpoint, string model, string question, AnswerKind answer, EndpointOptions options)
    {
        _asked = (model, question, answer);
        _options = options;
        _client = options.Reach.Client();
        _model = new ChatModel(_client, new(endpoint, model, options.Key, MostTokens, options.Timeout), TimeProvider.System);
    }

    /// <inheritdoc />
    public string Name => _asked.Answer == AnswerKind.Rating ? $"rating by {_asked.Model}, 1 to 10" : $"yes by {_asked.Model}, 0 or 1";

    /// <inheritdoc />
    public IReadOnlyList<double> Of(IReadOnlyList<Candidate> images, Action<string> report, CancellationToken stop) =>
    [
        .. images.Select(image =>
        {
            var (value, why) = Ask(image, stop);
            if (why is not null)
            {
                report($"{_asked.Model} gave no answer about image {image.Image} of group {image.Group} ({why}); it is left out");
            }
            return value;
        }),
    ];

    public void Dispose() => _client.Dispose();

    /// <summary>What an answer says; null where that cannot be told.</summary>
    internal static double? Read(string text, AnswerKind answer)
    {
        if (answer == AnswerKind.YesOrNo)
        {
            var said = YesOrNo().Matches(text).Select(word => word.Value.ToUpperInvariant()).Distinct().ToList();
            return said.Count == 1 ? said[0] == "YES" ? 1 : 0 : null;
        }
        // "8/10" and "8 out of 10" are an 8; of several different numbers none can be chosen.
        var numbers = Rating().Matches(OfTen().Replace(text, " "))
            .Select(number => double.Parse(number.Value.Replace(',', '.'), CultureInfo.InvariantCulture)).Distinct().ToList();
        return numbers.Count == 1 && numbers[0] is >= 1 and <= 10 ? numbers[0] : null;
    }

    /// <exception cref="EngineException">No picture would get an answer.</exception>
    private (double Value, string? Why) Ask(Candidate image, CancellationToken stop)
    {
        var messages = new JsonArray(ChatModel.Question(
            _asked.Question.Replace("{prompt}", image.Prompt, StringComparison.Ordinal), image.Open().ToJpeg(Quality)));
        var why = "";
        for (var attempt = 0; attempt < _options.Attempts; attempt++)
        {
            var answer = _model.Ask(messages, stop).GetAwaiter().GetResult();
            if (answer.Text is { } text)
            {
                if (Read(text, _asked.Answer) is { } value)
                {
                    return (value, null);
                }
                var wanted = _asked.Answer == AnswerKind.Rating ? "one number from 1 to 10" : "yes or no alone";
                why = $"not {wanted}: \"{(text.Length > 60 ? text[..60] + "…" : text).ReplaceLineEndings(" ")}\"";
                continue;
            }
            why = answer.Fault!.TrimEnd('.');
            if (answer.Reach == FailureReach.EveryRequest)
            {
                throw new EngineException($"{why}. Every picture would get the same");
            }
            if (answer.Reach == FailureReach.ThisRequest)
            {
                break;
            }
            var pause = answer.Wait ?? _options.Pause * Math.Pow(2, attempt);
            if (attempt + 1 < _options.Attempts && stop.WaitHandle.WaitOne(pause > _options.Timeout ? _options.Timeout : pause))
            {
                stop.ThrowIfCancellationRequested();
            }
        }
        return (double.NaN, why);
    }

    [GeneratedRegex(@"\b(yes|no)\b", RegexOptions.IgnoreCase, RegexTimeout.Milliseconds)]
    private static partial Regex YesOrNo();

    [GeneratedRegex(@"(?<![\d.,])\d{1,2}([.,]\d{1,3})?(?![\d.,]*\d)", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Rating();

    [GeneratedRegex(@"(/|\bout of\b|\bof\b)\s*10\b|\bfrom 1 to 10\b|\b1\s*(-|–|to)\s*10\b", RegexOptions.IgnoreCase,
        RegexTimeout.Milliseconds)]
    private static partial Regex OfTen();
}
