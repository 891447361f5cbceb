using Labeler.Shared;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Tests.Algorithms.D3po;

public sealed class LabelFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("labels");

    [Fact]
    public void Verdicts_are_averaged_over_the_annotators()
    {
        Write("ann.json", "[[0,-1,0],[0,0,0]]");
        Write("bob.json", "[[0,-1,-1],[0,0,-1]]");
        Write("notes.txt", "not a label file");

        var verdicts = LabelFiles.Read(_folder.FullName, [3, 3]);

        Assert.Equal([0, -1, -0.5], verdicts[0]);
        Assert.Equal([0, 0, -0.5], verdicts[1]);
    }

    [Theory]
    [InlineData("[[0,0,0]]", "list of 2 lists, one per prompt; it has 1")]
    [InlineData("{\"a\":1}", "list of 2 lists, one per prompt; it is {\"a\":1}")]
    [InlineData("[[0,0,0],[0,0]]", "prompt 1: expected 3 numbers, one per image; it has 2")]
    [InlineData("[[0,0,0],[0,2,0]]", "prompt 1, image 1: a verdict is −1 (flagged) or 0 (not), not 2")]
    [InlineData("[[0,0,null],[0,0,0]]", "prompt 0, image 2: a verdict is −1 (flagged) or 0 (not), not null")]
    [InlineData("[[0,0,", "is not valid JSON")]
    public void A_wrong_file_is_named_with_the_place_of_its_error(string content, string message)
    {
        Write("fine.json", "[[0,0,0],[0,0,0]]");
        Write("wrong.json", content);

        var error = Assert.Throws<EngineException>(() => LabelFiles.Read(_folder.FullName, [3, 3]));

        Assert.Contains("wrong.json", error.Message);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_file_with_a_byte_order_mark_is_read_and_one_with_a_wrong_byte_is_refused_with_its_place()
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, "ann.json"), [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes("[[0,-1,0]]")]);
        Assert.Equal([0, -1, 0], LabelFiles.Read(_folder.FullName, [3])[0]);

        File.WriteAllBytes(Path.Combine(_folder.FullName, "bob.json"), [.. "[[0,0,0\n"u8, 0xE4]);
        Assert.Contains("bob.json, line 2, column 1: the byte 0xE4", Assert.Throws<LabelerException>(() => LabelFiles.Read(_folder.FullName, [3])).Message);
    }

    [Fact]
    public void A_folder_without_label_files_says_what_to_put_there()
    {
        Assert.Contains("one per annotator", Assert.Throws<EngineException>(() => LabelFiles.Read(_folder.FullName, [7])).Message);
        Assert.Contains("no feedback folder", Assert.Throws<EngineException>(() => LabelFiles.Read(_folder.FullName + "/absent", [7])).Message);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder.FullName, name), content);
}
