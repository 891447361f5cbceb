using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;

namespace Labeler.Shared.Voting;

/// <summary>What one annotator is handed at a time: a group, a pair or one image.</summary>
public sealed class Item
{
    private Item() { }

    public long Id { get; private set; }
    public long ProjectId { get; private set; }
    public long EpochId { get; private set; }
    public ItemUse Use { get; private set; }
    public ItemState State { get; private set; }

    /// <summary>Lower is handed out first. Items that measure have <see cref="Measuring"/>, so that the database finds them at
    /// once.</summary>
    public int Rank { get; private set; }
    public long GroupId { get; private set; }
    public Group? Group { get; private set; }

    /// <summary>The image of a categorise or score item, or the first of a pair; null for a whole group.</summary>
    public long? FirstId { get; private set; }
    public SampleImage? First { get; private set; }
    public long? SecondId { get; private set; }
    public SampleImage? Second { get; private set; }
    public int VotesWanted { get; private set; }

    /// <summary>Effective votes and skips that count towards <see cref="VotesWanted"/>.</summary>
    public int Votes { get; private set; }

    /// <summary>The right answer of a gold item.</summary>
    public Verdict? Gold { get; private set; }

    /// <summary>Why that is the right answer, for those who practice; null where nobody has said.</summary>
    public string? GoldNote { get; private set; }

    /// <summary>Whether a second person looks at what the first said; see <see cref="Checking"/>.</summary>
    public ItemCheck Check { get; private set; }

    /// <summary>The items that a project's task makes of one group. Which pairs a pair project asks about, <see cref="PairQuestions"/>
    /// knows.</summary>
    /// <param name="behind">Ranks that others have before them.</param>
    public static IEnumerable<Item> For(Project project, Group group, int behind = 0)
    {
        Item Make(int rank, SampleImage? first, SampleImage? second) => new()
        {
            ProjectId = group.ProjectId,
            EpochId = group.EpochId,
            Rank = rank,
            Group = group,
            First = first,
            Second = second,
            VotesWanted = project.Settings.SecondPersonChecks ? Checking.People : project.Settings.VotesPerItem,
            Check = project.Settings.SecondPersonChecks ? ItemCheck.Asked : ItemCheck.None,
        };
        var images = group.Images;
        var rank = behind + group.Number * MostOf(images.Count);
        return project.Task switch
        {
            LabelingTask.FlagBatch or LabelingTask.Rank => [Make(rank, null, null)],
            LabelingTask.PreferPair => PairQuestions.First(project.Settings, images.Count)
                .Select((pair, n) => Make(rank + n, images[pair.First], images[pair.Second])),
            _ => images.Select((image, n) => Make(rank + n, image, null)),
        };
    }

    /// <summary>More than a task asks at first about a group of so many images.</summary>
    internal static int MostOf(int images) => Math.Max(images, Ranking.PairsOf(images));

    /// <summary>A further pair of the group that an item is about.</summary>
    internal static Item Comparing(Project project, Item answered, SampleImage first, SampleImage second, int rank) => new()
    {
        ProjectId = answered.ProjectId,
        EpochId = answered.EpochId,
        Rank = rank,
        GroupId = answered.GroupId,
        FirstId = first.Id,
        SecondId = second.Id,
        VotesWanted = project.Settings.VotesPerItem,
    };

    /// <summary>A question of an evaluation: about a group's one image, or about those of two groups.</summary>
    internal static Item About(Project project, Group first, Group? second, int rank) => new()
    {
        ProjectId = project.Id,
        EpochId = first.EpochId,
        Rank = rank,
        Group = first,
        First = first.Images[0],
        Second = second?.Images[0],
        VotesWanted = project.Settings.VotesPerItem,
    };

    /// <summary>The rank of items that measure people or models: they are mixed in among the others; see ItemQueue.</summary>
    public const int Measuring = -1;

    /// <summary>The same question again in another epoch, to measure people by: everybody gets it once.</summary>
    internal static Item Again(Item asked, ItemUse use, Epoch epoch) => new()
    {
        ProjectId = asked.ProjectId,
        EpochId = epoch.Id,
        Use = use,
        Rank = Measuring,
        GroupId = asked.GroupId,
        FirstId = asked.FirstId,
        SecondId = asked.SecondId,
        VotesWanted = int.MaxValue,
        Gold = use == ItemUse.Gold ? asked.Gold : null,
        GoldNote = use == ItemUse.Gold ? asked.GoldNote : null,
    };

    /// <summary>An evaluation picture beside the one that an earlier epoch's model made of the same prompt and noise: everybody gets it
    /// once.</summary>
    internal static Item Duel(Group group, SampleImage now, SampleImage before) => new()
    {
        ProjectId = group.ProjectId,
        EpochId = group.EpochId,
        Use = ItemUse.Duel,
        Rank = Measuring,
        Group = group,
        First = now,
        SecondId = before.Id,
        VotesWanted = int.MaxValue,
    };

    /// <summary>Makes it a gold item: everybody gets it once, in this epoch and in later ones; its votes measure people and teach
    /// nothing.</summary>
    /// <param name="note">Why it is right; null for no note.</param>
    public void MakeGold(Verdict answer, string? note = null)
    {
        Use = ItemUse.Gold;
        Gold = answer;
        GoldNote = note;
        Check = ItemCheck.None;
        Rank = Measuring;
        VotesWanted = int.MaxValue;
        State = ItemState.Open;
    }

    /// <summary>Its answer was wrong after all: nobody is asked or measured by it any more.</summary>
    internal void ForgetGold()
    {
        Gold = null;
        State = ItemState.Retired;
    }

    /// <summary>Somebody has decided: the votes that stand are all it wants.</summary>
    internal void Settle() => (VotesWanted, Check) = (Votes, Check == ItemCheck.None ? ItemCheck.None : ItemCheck.Decided);

    internal void Count(int votes)
    {
        Votes += votes;
        if (State != ItemState.Retired)
        {
            State = Votes >= VotesWanted ? ItemState.Done : ItemState.Open;
        }
    }

    /// <summary>Where the check stands after the votes on it changed.</summary>
    /// <param name="looks">People whose judgement or check stands; those who were not sure at first are not among them.</param>
    internal void StandAt(int votes, int looks, bool isDisputed, bool isDecided)
    {
        Check = isDecided ? ItemCheck.Decided : ItemCheck.Asked;
        Votes = votes;
        VotesWanted = isDecided || looks == 0 && votes > 0 ? votes : Math.Max(votes, votes - looks + Checking.People);
        if (State != ItemState.Retired)
        {
            State = isDisputed ? ItemState.Disputed : Votes >= VotesWanted ? ItemState.Done : ItemState.Open;
        }
    }
}
