using Labeler.Shared.Projects;

namespace Labeler.Bench.Scaling;

/// <summary>A made-up installation of so many votes: who votes on what, computed from numbers alone, so that each table can be written by
/// itself. The first project has a fifth of all votes; the others share the rest.</summary>
internal sealed class Plan
{
    private const double OfFirst = 0.2;
    private const int MostVotesAnEpoch = 12_000, LeastVotesAnEpoch = 600;
    private static readonly TimeSpan Span = TimeSpan.FromDays(400);

    public Plan(long votes, int people, int projects)
    {
        People = [.. Enumerable.Range(0, people).Select(n => Guid.CreateVersion7(Start.AddSeconds(n)))];
        var anEpoch = (int)Math.Clamp(votes / projects / 20, LeastVotesAnEpoch, MostVotesAnEpoch);
        var (before, made) = (new Numbers(1, 1, 1, 1), new List<PlannedProject>());
        for (var n = 0; n < projects; n++)
        {
            var share = n == 0 ? OfFirst : (1 - OfFirst) / (projects - 1);
            // Everybody is in the first or in a few others.
            var pool = Math.Max(8, n == 0 ? people / 3 : people / 5);
            var project = PlannedProject.Of(n, projects, votes * share, anEpoch, before, (people * n / projects, pool));
            made.Add(project);
            before = project.After;
        }
        (Projects, Begun) = (made, Start);
    }

    private DateTimeOffset Start { get; } = DateTimeOffset.UtcNow - Span;
    public DateTimeOffset Begun { get; }
    public IReadOnlyList<Guid> People { get; }
    public IReadOnlyList<PlannedProject> Projects { get; }
    public long Votes => Projects.Sum(project => project.Votes);

    /// <summary>When a share of everything had happened; the last votes are a minute old.</summary>
    public long At(double share) => (Begun + (Span - TimeSpan.FromMinutes(1)) * share).ToUnixTimeMilliseconds();

    public Guid Person(PlannedProject project, long item, int voter)
    {
        // Some are busier than others.
        var chance = Chance(item) % 100_000 / 100_000.0;
        return People[(int)((project.Pool.First + ((long)(chance * chance * project.Pool.Count) + voter * 7) % project.Pool.Count) % People.Count)];
    }

    /// <summary>Votes of all projects as they came in, each project at its own pace.</summary>
    public IEnumerable<PlannedVote> InOrder()
    {
        var queue = new PriorityQueue<(PlannedProject Project, long Next), double>();
        foreach (var project in Projects)
        {
            queue.Enqueue((project, 0), 0);
        }
        while (queue.TryDequeue(out var one, out var share))
        {
            var (project, n) = one;
            var item = n / project.VotesPerItem;
            yield return new(project, item, Person(project, project.First.Item + item, (int)(n % project.VotesPerItem)), n, share);
            if (n + 1 < project.Votes)
            {
                queue.Enqueue((project, n + 1), (n + 1) / (double)project.Votes);
            }
        }
    }

    /// <summary>The same for the same number, and without a pattern.</summary>
    public static long Chance(long number)
    {
        var mixed = ((ulong)number + 1) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        return (long)((mixed ^ (mixed >> 31)) >> 1);
    }
}

/// <summary>The number of the first row of each table that belongs to a project.</summary>
internal readonly record struct Numbers(long Epoch, long Group, long Image, long Item);

/// <param name="Item">Counted from 0 within the project.</param>
/// <param name="Number">As <paramref name="Item"/>.</param>
/// <param name="Share">How much of everything had happened before it.</param>
internal readonly record struct PlannedVote(PlannedProject Project, long Item, Guid Person, long Number, double Share);

/// <param name="Groups">Of each epoch.</param>
/// <param name="Pool">Of the people who vote in it.</param>
internal sealed record PlannedProject(
    int Number, LabelingTask Task, int Groups, int Epochs, Numbers First, (int First, int Count) Pool)
{
    public long Id => Number + 1;
    public int GroupSize => Task == LabelingTask.FlagBatch ? 7 : 4;
    public int ItemsPerGroup => Task switch { LabelingTask.FlagBatch => 1, LabelingTask.PreferPair => 6, _ => 4 };
    public int VotesPerItem => Task switch { LabelingTask.FlagBatch => 5, LabelingTask.PreferPair => 2, _ => 3 };
    public long ItemsPerEpoch => (long)Groups * ItemsPerGroup;

    /// <summary>The last epoch is half judged.</summary>
    public long JudgedItems => ((Epochs - 1) * ItemsPerEpoch) + (ItemsPerEpoch / 2);
    public long Votes => JudgedItems * VotesPerItem;
    public Numbers After => new(First.Epoch + Epochs, First.Group + ((long)Epochs * Groups),
        First.Image + ((long)Epochs * Groups * GroupSize), First.Item + (Epochs * ItemsPerEpoch));

    public ProjectSettings Settings => new()
    {
        GroupSize = GroupSize,
        ImagesPerEpoch = Groups * GroupSize,
        VotesPerItem = VotesPerItem,
        Pairs = PairChoice.All,
        Choices = Task == LabelingTask.Score ? Scale.Rubric : [],
    };

    public static PlannedProject Of(int number, int of, double votes, int anEpoch, Numbers first, (int, int) pool)
    {
        var task = number < 0.1 * of ? LabelingTask.FlagBatch : number < 0.75 * of ? LabelingTask.PreferPair : LabelingTask.Score;
        var project = new PlannedProject(number, task, 1, 1, first, pool);
        var groups = Math.Max(2, anEpoch / (project.ItemsPerGroup * project.VotesPerItem));
        return project with
        {
            Groups = groups,
            Epochs = (int)Math.Max(2, Math.Round((votes / (groups * project.ItemsPerGroup * project.VotesPerItem)) + 0.5)),
        };
    }
}
