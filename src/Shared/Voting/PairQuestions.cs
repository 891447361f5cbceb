using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>
/// Which images of one group people compare: all pairs, or those that a merge sort of them asks. A sort asks about neighbors in the order
/// as far as it is known and leaves out what follows from the answers: at most n⌈log2 n⌉ of the n(n − 1)/2 pairs, and sorting is
/// as good an active choice as costlier ones (L. Maystre, M. Grossglauser, "Just Sort It!", arXiv 1502.05556).
/// </summary>
internal static class PairQuestions
{
    /// <summary>The largest group whose pairs are all asked where the project leaves that open: 4 images, 6 pairs.</summary>
    private const int SmallGroup = 4;

    /// <summary>What is asked of a new group, by the images' places; the better placed of the two first.</summary>
    public static IEnumerable<(int First, int Second)> First(ProjectSettings settings, int images) => AsksAll(settings, images)
        ? from apart in Enumerable.Range(1, Math.Max(0, images - 1))
          from first in Enumerable.Range(0, images - apart)
          select (first, first + apart)
        : Next(images, new Dictionary<(int, int), double>());

    /// <summary>What a sort asks next; several may be answered side by side. Empty when the images are in order.</summary>
    /// <param name="answers">How far the first is better than the second, 0 for a tie.</param>
    public static IReadOnlyList<(int First, int Second)> Next(int images, IReadOnlyDictionary<(int First, int Second), double> answers)
    {
        var unknown = new List<(int, int)>();
        Sort(0, images, answers, unknown);
        return unknown;
    }

    /// <summary>An item about two images is answered: asks what the sort of its group wants to know now. Saves nothing.</summary>
    public static async Task GoOn(LabelerDb db, Project project, Item answered, CancellationToken cancel)
    {
        if (project is not { Task: LabelingTask.PreferPair, Source: PictureSource.Sampled }
            || answered.Use is not (ItemUse.Training or ItemUse.Gold))
        {
            return;
        }
        // The other answer may come in at the same moment: without this neither would see both.
        await db.BeAlone(LockScope.Group, answered.GroupId, cancel);
        var images = await db.Images.AsNoTracking().Where(i => i.GroupId == answered.GroupId).OrderBy(i => i.Index).ToListAsync(cancel);
        if (AsksAll(project.Settings, images.Count))
        {
            return;
        }
        var asked = await db.Items.AsNoTracking().Where(i => i.GroupId == answered.GroupId && i.EpochId == answered.EpochId)
            .Where(i => i.Use == ItemUse.Training || i.Use == ItemUse.Gold)
            .Select(i => new { Item = i, First = i.First!.Index, Second = i.Second!.Index }).ToListAsync(cancel);
        // Groups of before there was a choice were asked in a ring, whose last pair alone is the wrong way round; they keep to it.
        if (asked.Any(one => one.First > one.Second))
        {
            return;
        }
        var ids = asked.Select(one => one.Item.Id).ToList();
        var votes = (await db.Votes.AsNoTracking().Effective().Where(v => ids.Contains(v.ItemId)).ToListAsync(cancel))
            .ToLookup(v => v.ItemId, v => v.Verdict);
        var answers = asked.Where(one => one.Item.State != ItemState.Open || one.Item.Gold is not null)
            .ToDictionary(one => (one.First, one.Second), one => Balance(one.Item.Gold is { } gold ? [gold] : votes[one.Item.Id]));
        var rank = asked.Max(one => one.Item.Rank);
        var known = asked.Select(one => (one.First, one.Second)).ToHashSet();
        db.Items.AddRange(Next(images.Count, answers).Where(pair => !known.Contains(pair))
            .Select(pair => Item.Comparing(project, answered, images[pair.First], images[pair.Second], rank)));
    }

    private static bool AsksAll(ProjectSettings settings, int images) => settings.Pairs switch
    {
        PairChoice.All => true,
        PairChoice.Sorted => images <= 2,
        _ => images <= SmallGroup,
    };

    // Nobody knows: a tie, as where people are even.
    private static double Balance(IEnumerable<Verdict?> said) =>
        said.OfType<PairVerdict>().Select(pair => pair.FirstWins switch { true => 1, false => -1, null => 0 }).DefaultIfEmpty().Average();

    // Null while something that is asked is not known. Everything on the left has a smaller index than everything on the right.
    private static List<int>? Sort(int from, int to, IReadOnlyDictionary<(int, int), double> answers, List<(int, int)> unknown)
    {
        if (to - from < 2)
        {
            return [.. Enumerable.Range(from, to - from)];
        }
        var middle = from + ((to - from) / 2);
        var (left, right) = (Sort(from, middle, answers, unknown), Sort(middle, to, answers, unknown));
        if (left is null || right is null)
        {
            return null;
        }
        var merged = new List<int>();
        var (l, r) = (0, 0);
        while (l < left.Count && r < right.Count)
        {
            if (!answers.TryGetValue((left[l], right[r]), out var better))
            {
                unknown.Add((left[l], right[r]));
                return null;
            }
            merged.Add(better >= 0 ? left[l++] : right[r++]);
        }
        return [.. merged, .. left[l..], .. right[r..]];
    }
}
