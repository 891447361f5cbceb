using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Labeling.Api;

/// <summary>The practice before somebody's votes count. Its answers are no votes: they are sent one by one and answered with what is
/// right.</summary>
public static class PracticeEndpoints
{
    /// <param name="Key">Made once; sending it again gives the same answer.</param>
    public sealed record Said(Guid Key, long Item, Verdict Verdict);

    /// <param name="State">practice, practice-missing, practice-failed, practice-over, or passed.</param>
    /// <param name="Answered">Of this try.</param>
    /// <param name="Needed">Right answers that pass.</param>
    public sealed record Standing(string State, int Answered, int Of, int Right, int Needed, int TriesLeft)
    {
        public static Standing At(PracticeTurn turn) => new(turn.State switch
        {
            PracticeState.Open => "practice",
            PracticeState.Missing => "practice-missing",
            PracticeState.Failed => "practice-failed",
            PracticeState.Over => "practice-over",
            _ => "passed",
        }, turn.Answered, turn.Of, turn.Right, turn.Needed, turn.TriesLeft);
    }

    /// <param name="Answer">The right one, in words.</param>
    /// <param name="Gold">The right one; a pair's sides as this person saw them.</param>
    public sealed record Feedback(bool Right, string Answer, Verdict Gold, string? Note, Standing Practice);

    public static async Task<JsonHttpResult<Feedback>> Answer(long project, HttpContext context, Practice practice,
        IStringLocalizer<Texts> texts)
    {
        var said = await ApiJson.Read<Said>(context.Request, context.RequestAborted);
        var told =
            await practice.Answer(project, context.User.AccountId(), said.Key, said.Item, said.Verdict, context.RequestAborted);
        var gold = told.Gold is PairVerdict { FirstOnLeft: false } pair ? Turned(pair) : told.Gold;
        var feedback = new Feedback(told.IsRight, VoteText.Right(gold, texts), gold, told.Note, Standing.At(told.Turn));
        return TypedResults.Json(feedback, ApiJson.Options);
    }

    public static async Task<NoContent> Again(long project, HttpContext context, Practice practice)
    {
        await practice.TryAgain(project, context.User.AccountId(), context.RequestAborted);
        return TypedResults.NoContent();
    }

    // The first of a pair stands on the left in practice.
    private static PairVerdict Turned(PairVerdict pair) => pair with
    {
        FirstOnLeft = true,
        Pick = pair.Pick switch { PairPick.Left => PairPick.Right, PairPick.Right => PairPick.Left, var other => other },
    };
}
