using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.Shared.Scoring;
using Labeler.Tests.Support;
using Labeler.TrainingEngine.Rewards;
using Microsoft.AspNetCore.Http;

namespace Labeler.TrainingEngine.Tests.Rewards;

/// <summary>A vision-language model as a judge, against a server on this machine.</summary>
public sealed class JudgeRewardTests
{
    [Theory]
    [InlineData("8", 8.0)]
    [InlineData("I would rate it 7.5.", 7.5)]
    [InlineData("8/10", 8.0)]
    [InlineData("9 out of 10", 9.0)]
    [InlineData("On a scale from 1 to 10: 3", 3.0)]
    [InlineData("10", 10.0)]
    [InlineData("0", null)]
    [InlineData("11", null)]
    [InlineData("between 6 and 8", null)]
    [InlineData("It is 2024, no rating.", null)]
    [InlineData("good", null)]
    public void A_rating_is_one_number_from_1_to_10(string text, double? expected) => Assert.Equal(expected, JudgeReward.Read(text, AnswerKind.Rating));

    [Theory]
    [InlineData("Yes.", 1.0)]
    [InlineData("no, it does not", 0.0)]
    [InlineData("Yes and no", null)]
    [InlineData("Nothing can be said", null)]
    public void Yes_is_1_and_no_is_0(string text, double? expected) => Assert.Equal(expected, JudgeReward.Read(text, AnswerKind.YesOrNo));

    [Fact]
    public async Task Each_picture_is_asked_about_with_its_prompt_and_an_answer_that_is_none_is_asked_for_again()
    {
        await using var server = await ScoreServer.Start("/v1/chat/completions");
        var asked = new List<string>();
        server.Misbehave = async context =>
        {
            using var question = await JsonDocument.ParseAsync(context.Request.Body);
            asked.Add(question.RootElement.GetProperty("messages")[0].GetProperty("content")[0].GetProperty("text").GetString()!);
            await context.Response.WriteAsJsonAsync(new { choices = new[] { new { message = new { content = server.Requests == 1 ? "hard to say" : $"{server.Requests}" } } } });
        };
        using var reward = new JudgeReward($"{server.Address}v1", "eyes", "Is this {prompt}?", AnswerKind.Rating, new() { Attempts = 2, Pause = TimeSpan.FromMilliseconds(1) });
        var said = new List<string>();

        var values = reward.Of([Candidate("a cat"), Candidate("a dog")], said.Add, CancellationToken.None);

        Assert.Equal([2, 3], values);
        Assert.Empty(said);
        Assert.Equal(["Is this a cat?", "Is this a cat?", "Is this a dog?"], asked);
    }

    [Fact]
    public async Task A_picture_without_an_answer_is_left_out_and_says_what_was_answered()
    {
        await using var server = await ScoreServer.Start("/v1/chat/completions");
        server.Misbehave = context => context.Response.WriteAsJsonAsync(new { choices = new[] { new { message = new { content = "lovely" } } } });
        using var reward = new JudgeReward($"{server.Address}v1", "eyes", "?", AnswerKind.Rating, new() { Attempts = 2, Pause = TimeSpan.FromMilliseconds(1) });
        var said = new List<string>();

        Assert.Equal([double.NaN], reward.Of([Candidate("a cat")], said.Add, CancellationToken.None));
        Assert.Contains("not one number from 1 to 10: \"lovely\"", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_every_picture_would_get_ends_it_with_the_server_s_own_reason()
    {
        await using var server = await ScoreServer.Start("/v1/chat/completions");
        server.Misbehave = context =>
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsync("""{"error": {"message": "no model eyes"}}""");
        };
        using var reward = new JudgeReward($"{server.Address}v1", "eyes", "?", AnswerKind.Rating, new() { Attempts = 2, Pause = TimeSpan.FromMilliseconds(1) });

        Assert.Contains("no model eyes", Assert.Throws<EngineException>(() => reward.Of([Candidate("a cat")], _ => { }, CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Requests);
    }

    private static Candidate Candidate(string prompt) => new(0, 0, prompt, () => new Picture(8, 8, new byte[3 * 64]));
}
