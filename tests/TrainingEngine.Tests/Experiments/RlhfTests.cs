using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Experiments.Rlhf;

namespace Labeler.TrainingEngine.Tests.Experiments;

/// <summary>Votes, reward model and policy gradient beside D3PO.</summary>
public sealed class RlhfTests : IDisposable
{
    private static readonly RlhfOptions Options = new()
    {
        Seeds = 1,
        Images = 42,
        PolicyEpochs = 1,
        EvaluationImages = 4,
        Steps = 3,
        Annotator = new AnnotatorOptions(WrongShare: 0.5),
        D3po = new D3poOptions { LearningRate = 1e-3, ImagesPerStep = 14, FirstStep = 0, LastStep = 10 },
        Reward = new() { Curve = false, InnerEpochs = 1 },
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Both_ways_have_as_many_votes_and_a_stopped_run_goes_on_and_ends_like_one_that_was_not()
    {
        string model = TinyModel.Write(_folder.File("model"));
        void Run(string folder, int rounds) => new RlhfRun(model, Options with { Rounds = rounds }, _folder.File(folder), TextWriter.Null).Run(default);
        Run("unbroken", 2);
        Run("resumed", 1);
        Run("resumed", 2);

        IEnumerable<string> Rows(string folder) => File.ReadLines(_folder.File(folder, "rlhf.csv")).Select(line => string.Join(',', line.Split(',')[..^2])).Order();
        Assert.Equal(Rows("unbroken"), Rows("resumed"));
        var rows = RlhfState.Of(_folder.File("resumed")).Rows;
        Assert.Equal([0, 42, 84], rows.Where(row => row.Method == "d3po").Select(row => row.Votes));
        Assert.Equal([0, 42, 84], rows.Where(row => row.Method == "rlhf").Select(row => row.Votes));
        Assert.All(rows.Where(row => row is { Method: "rlhf", Round: > 0 }), row => Assert.True(row.Reward!.Votes.Of > 0));
        // A reward model that may be guessing teaches nothing; one that is not leaves another policy.
        Assert.All(rows.Where(row => row is { Method: "rlhf", Round: 1 }), row => Assert.Equal(row.Reward!.Votes.Share.Low > 0.5, row.Policy is not null));
        Assert.Equal(1 + (2 * 9), File.ReadLines(_folder.File("resumed", "duels.csv")).Count());
        Assert.True(File.Exists(_folder.File("resumed", "curve.png")));
    }

    [Fact]
    public void A_project_that_learns_by_ddpo_has_the_penalty_that_it_is_set_to()
    {
        var options = (DdpoOptions)Algorithm.Find("ddpo").OfProject(ClassicRlhf.Of(new()).Training, learnedReward: true);
        Assert.Equal(0.02, options.KlWeight);
        Assert.Equal(0, ((DdpoOptions)Algorithm.Find("ddpo").OfProject(new(), learnedReward: true)).KlWeight);
    }
}
