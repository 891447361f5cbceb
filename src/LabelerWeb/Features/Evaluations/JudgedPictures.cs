using Labeler.Web.Features.Review;

namespace Labeler.Web.Features.Evaluations;

/// <summary>One question of an evaluation for the lead: which checkpoint made which picture, and who said what.</summary>
public sealed record JudgedPictures(long Id, string Prompt, bool IsFixed, IReadOnlyList<JudgedPicture> Pictures,
    IReadOnlyList<string> Votes)
{
    public const int PerPage = 40;

    /// <summary>A page of them, in the order of the plan: by prompt, picture and checkpoint.</summary>
    public static async Task<IReadOnlyList<JudgedPictures>> Read(LabelerDb db, Evaluation evaluation, int page, CancellationToken cancel)
    {
        var plan = evaluation.Plan;
        var all = await db.Items.Where(i => i.ProjectId == evaluation.ProjectId && i.FirstId != null)
            .Join(db.Groups, i => i.GroupId, g => g.Id, (i, g) => new { i.Id, g.Number }).ToListAsync(cancel);
        var ids = all.OrderBy(i => i.Number % plan.PicturesEach).ThenBy(i => i.Number).ThenBy(i => i.Id).Skip((page - 1) * PerPage)
            .Take(PerPage).Select(i => i.Id).ToList();
        var items = await db.Items.AsNoTrackingWithIdentityResolution().Include(i => i.Group).Include(i => i.First).Include(i => i.Second)
            .Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id, cancel);
        var seconds = items.Values.Where(i => i.Second is not null).Select(i => i.Second!.GroupId).ToList();
        var numbers = await db.Groups.Where(g => seconds.Contains(g.Id)).ToDictionaryAsync(g => g.Id, g => g.Number, cancel);
        var votes = await db.Votes.AsNoTracking().Where(v => ids.Contains(v.ItemId) && v.Kind < VoteKind.Undo && v.SupersededById == null)
            .OrderBy(v => v.Id)
            .Join(db.Users, v => v.AnnotatorId, a => a.Id, (v, a) => new { Vote = v, a.DisplayName }).ToListAsync(cancel);
        return [.. ids.Select(id =>
        {
            var (item, first) = (items[id], plan.At(items[id].Group!.Number));
            var said = votes.Where(v => v.Vote.ItemId == id).ToList();
            JudgedPicture Of(SampleImage image, int contestant, string choice)
            {
                var wins = said.Count(v => v.Vote is { Kind: VoteKind.Judgement, Quarantine: null } && v.Vote.Choice == choice);
                return new(image.ContentHash, plan.Contestants[contestant].Name,
                    item.Second is null || wins == 0 ? "" : Texts.Say($"preferred by {wins}"));
            }
            List<JudgedPicture> pictures = [Of(item.First!, first.Contestant, "first")];
            if (item.Second is { } second)
            {
                pictures.Add(Of(second, plan.At(numbers[second.GroupId]).Contestant, "second"));
            }
            return new JudgedPictures(id, item.Group!.Prompt, first.IsFixed, pictures, [.. said.Select(v =>
                $"{v.DisplayName}: {VerdictText.Of(v.Vote)}{(v.Vote.Quarantine is { } why ? Texts.Say($" (set aside: {why})") : "")}")]);
        })];
    }
}

/// <param name="Verdicts">How many preferred it; empty where nobody did or it was scored alone.</param>
public sealed record JudgedPicture(string Hash, string Model, string Verdicts);
