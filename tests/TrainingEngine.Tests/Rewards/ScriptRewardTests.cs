using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.Tests.Rewards;

public sealed class ScriptRewardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _said = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_score_is_what_the_module_says_of_pixels_between_0_and_1()
    {
        using var reward = new ScriptScore(Script("return torch.mean(x, [1, 2, 3])"));

        Assert.Equal([0, 0.2, 1], Of(reward, 0, 51, 255).Select(value => Math.Round(value, 5)));
        Assert.Empty(_said);
    }

    [Fact]
    public void A_column_of_numbers_will_do()
    {
        using var reward = new ScriptScore(Script("return torch.mean(torch.flatten(x, 1), [1], True)"));

        Assert.Equal([0, 1], Of(reward, 0, 255));
    }

    [Fact]
    public void More_images_than_go_in_at_once_keep_their_order()
    {
        using var reward = new ScriptScore(Script("return torch.mean(x, [1, 2, 3])"));
        byte[] greys = [.. Enumerable.Range(0, 40).Select(n => (byte)(6 * n))];

        Assert.Equal(greys.Select(grey => Math.Round(grey / 255.0, 5)), Of(reward, greys).Select(value => Math.Round(value, 5)));
    }

    [Fact]
    public void A_file_that_is_no_script_is_refused_in_one_line()
    {
        var path = _folder.File("reward.pt");
        File.WriteAllText(path, "not a module");

        var error = Assert.Throws<EngineException>(() => new ScriptScore(path));

        Assert.Contains("is no TorchScript module", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains("nothing.pt", Assert.Throws<EngineException>(() => new ScriptScore(_folder.File("nothing.pt"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_shape_is_refused_and_named()
    {
        using var reward = new ScriptScore(Script("return torch.mean(x, [2, 3])"));

        Assert.Contains("gives the shape [2, 3] for 2 images", Assert.Throws<EngineException>(() => Of(reward, 0, 255)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_gives_no_tensor_is_refused()
    {
        using var reward = new ScriptScore(Script("return (x, x)", "Tuple[Tensor, Tensor]"));

        Assert.Contains("gives no tensor", Assert.Throws<EngineException>(() => Of(reward, 0)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return 1", "int")]
    [InlineData("return 0.5", "float")]
    [InlineData("return True", "bool")]
    [InlineData("return None", "NoneType")]
    [InlineData("return \"good\"", "str")]
    [InlineData("return [1, 2]", "List[int]")]
    [InlineData("return [x, x]", "List[Tensor]")]
    [InlineData("return {\"score\": x}", "Dict[str, Tensor]")]
    [InlineData("return (x, 1)", "Tuple[Tensor, int]")]
    [InlineData("return (x, (x, x), [x])", "Tuple[Tensor, Tuple[Tensor, Tensor], List[Tensor]]")]
    public void Whatever_else_a_module_gives_is_refused_and_ends_nothing(string body, string type)
    {
        using var score = new ScriptScore(Script(body, type));
        using var detector = new MirrorDetections(new ScriptDetector(_folder.File("reward.pt"), 0));

        foreach (var reward in new IReward[] { score, detector })
        {
            var error = Assert.Throws<EngineException>(() => Of(reward, 0)).Message;
            Assert.StartsWith(_folder.File("reward.pt"), error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error);
        }
    }

    [Theory]
    [InlineData("return torch.conv2d(x, torch.zeros([4, 5, 3, 3]))", "x: Tensor")]
    [InlineData("return torch.matmul(x, torch.zeros([7, 7]))", "x: Tensor")]
    [InlineData("return torch.linear(torch.flatten(x, 1), torch.zeros([1, 3]))", "x: Tensor")]
    [InlineData("return torch.select(x, 1, 3)", "x: Tensor")]
    [InlineData("return torch.view(x, [7, 7])", "x: Tensor")]
    [InlineData("return torch.mean(x, [9])", "x: Tensor")]
    [InlineData("return torch.embedding(torch.zeros([2, 2]), torch.to(torch.add(x, 5), 4))", "x: Tensor")]
    [InlineData("return x", "x: Tensor, y: Tensor")]
    [InlineData("return torch.zeros([1])", "x: str")]
    [InlineData("return torch.zeros([1])", "x: List[Tensor]")]
    public void A_module_that_cannot_take_these_images_is_refused_and_ends_nothing(string body, string parameters)
    {
        using var reward = new ScriptScore(ScriptArchive.Write(_folder.File("reward.pt"), body, parameters: parameters));

        var error = Assert.Throws<EngineException>(() => Of(reward, 0, 255)).Message;

        Assert.StartsWith($"{_folder.File("reward.pt")} failed on images of 8 x 4 (", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Theory]
    [InlineData("return torch.zeros([2, 1, 1])", "[2, 1, 1] for 2 images")]
    [InlineData("return torch.zeros([3])", "[3] for 2 images")]
    [InlineData("return torch.sum(x)", "[] for 2 images")]
    [InlineData("return torch.zeros([0])", "[0] for 2 images")]
    public void Every_other_shape_of_a_score_is_refused(string body, string told)
    {
        using var reward = new ScriptScore(Script(body));

        Assert.Contains(told, Assert.Throws<EngineException>(() => Of(reward, 0, 255)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_fails_is_one_line()
    {
        using var reward = new ScriptScore(Script("return torch.matmul(torch.flatten(x), torch.flatten(x, 1))"));

        var error = Assert.Throws<EngineException>(() => Of(reward, 0));

        Assert.Contains("failed on images of 8 x 4", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void An_image_whose_score_is_not_a_number_is_left_out_and_the_rest_goes_on()
    {
        using var reward = new ScriptScore(Script("return torch.log(torch.sub(torch.mean(x, [1, 2, 3]), 0.5))"));

        var scores = Of(reward, 255, 0, 200);

        Assert.Equal([false, true, false], scores.Select(double.IsNaN));
        Assert.Equal("reward.pt gives no finite number for image 1 of group 0; it is left out", Assert.Single(_said));
    }

    [Fact]
    public void A_detectors_boxes_classes_and_scores_become_the_mirror_reward()
    {
        // A mirror over the right half of 8 x 4 pixels, an object inside it and one beside it.
        using var reward = new MirrorDetections(new ScriptDetector(Script(
            "return (torch.tensor([[4., 0., 8., 4.], [5., 1., 7., 3.], [0., 1., 2., 3.]]), torch.tensor([7, 1, 1]), torch.tensor([0.9, 0.8, 0.8]))", "Tuple[Tensor, Tensor, Tensor]"), 7));

        Assert.Equal([4.5], Of(reward, 9));
    }

    [Theory]
    [InlineData("return x", "Tensor", "is no detector")]
    [InlineData("return (torch.zeros([2, 3]), torch.zeros([2]), torch.zeros([2]))", "Tuple[Tensor, Tensor, Tensor]", "boxes [2, 3]")]
    [InlineData("return (torch.zeros([2, 4]), torch.zeros([1]), torch.zeros([2]))", "Tuple[Tensor, Tensor, Tensor]", "classes [1]")]
    public void What_is_no_detector_is_refused(string body, string type, string reason)
    {
        using var reward = new MirrorDetections(new ScriptDetector(Script(body, type), 0));

        Assert.Contains(reason, Assert.Throws<EngineException>(() => Of(reward, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detector_that_gives_nan_leaves_the_image_out()
    {
        using var reward = new MirrorDetections(new ScriptDetector(Script(
            "return (torch.log(torch.neg(torch.ones([1, 4]))), torch.zeros([1]), torch.ones([1]))", "Tuple[Tensor, Tensor, Tensor]"), 0));

        Assert.True(double.IsNaN(Of(reward, 0)[0]));
        Assert.Contains("not finite for image 0", Assert.Single(_said), StringComparison.Ordinal);
    }

    private string Script(string body, string type = "Tensor") => ScriptArchive.Write(_folder.File("reward.pt"), body, type);

    private IReadOnlyList<double> Of(IReward reward, params byte[] greys) => reward.Of(Candidates.Of(greys), _said.Add, CancellationToken.None);
}
