using Labeler.TrainingEngine.Tests.Training;

namespace Labeler.TrainingEngine.Tests.Tokenizer;

public sealed class WithoutIcuTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_ICU_a_prompt_is_refused_in_one_line_and_not_turned_into_other_tokens()
    {
        var model = TinyModel.Write(_folder.File("model"));

        var (code, _, errors) = EngineProcess.StartWith(
            new() { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" },
            "sample", "--model", model, "--prompt", "a café", "--count", "1", "--steps", "2", "--out", _folder.File("out")).End();

        Assert.Equal(1, code);
        Assert.Equal(
            "error: prompts would become other tokens without ICU: install it (libicu), or unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT\n", errors);
    }
}
