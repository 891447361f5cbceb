using Bunit;
using Labeler.Shared.Projects;
using Labeler.Web.Features.Projects;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Components;

public sealed class PromptInputsTests : BunitContext
{
    public PromptInputsTests() => Services.AddLocalization();

    [Fact]
    public void An_empty_form_shows_what_a_prompt_looks_like()
    {
        var inputs = Show(ProjectForm.Empty(), []);
        Assert.Equal("a hand waving", inputs.Find("#prompts").GetAttribute("placeholder"));
        Assert.Equal("", inputs.Find("#prompts").TextContent);
        Assert.Empty(inputs.FindAll("h2 .number"));
    }

    [Fact]
    public void Prompts_stand_one_a_line_with_the_held_out_ones_apart()
    {
        var project = Of(["a hand", "an <open> hand"], ["a foot"]);
        var inputs = Show(ProjectForm.Of(project), project.Prompts);
        Assert.Equal("a hand\nan <open> hand", inputs.Find("#prompts").TextContent);
        Assert.Equal("a foot", inputs.Find("#held-out").TextContent);
        Assert.Equal("3", inputs.Find("h2 .number").TextContent);
    }

    [Fact]
    public void Thousands_of_prompts_are_counted_and_the_first_are_shown()
    {
        var project = Of([.. Enumerable.Range(0, 1_500).Select(n => $"prompt {n}")], ["a foot"]);
        var inputs = Show(ProjectForm.Of(project), project.Prompts);
        Assert.Equal("", inputs.Find("#prompts").TextContent);
        Assert.Equal("Leave empty to keep them", inputs.Find("#prompts").GetAttribute("placeholder"));
        Assert.Equal("1 held-out prompts are kept.", inputs.Find(".help").TextContent);
        Assert.Equal("The first 50 of 1501 prompts", inputs.Find("summary").TextContent);
        Assert.Equal(50, inputs.FindAll("ol li").Count);
    }

    [Fact]
    public void A_refused_form_comes_back_as_it_was_typed()
    {
        var project = Of(["kept before"], []);
        var refused = ProjectForm.Read(new FormCollection(new() { ["Prompts"] = "typed\nand not saved", ["HeldOut"] = "" }), project.Settings);
        var inputs = Show(refused, project.Prompts);
        Assert.Equal("typed\nand not saved", inputs.Find("#prompts").TextContent);
        Assert.Equal("", inputs.Find("#held-out").TextContent);
    }

    private IRenderedComponent<PromptInputs> Show(ProjectForm form, IReadOnlyList<Prompt> prompts) => Render<PromptInputs>(c => c.Add(x => x.Form, form).Add(x => x.Prompts, prompts));

    private static Project Of(string[] training, string[] heldOut)
    {
        var project = Project.Create("Hands", LabelingTask.FlagBatch, new(), DateTimeOffset.UnixEpoch);
        project.UsePrompts(training, heldOut);
        return project;
    }
}
