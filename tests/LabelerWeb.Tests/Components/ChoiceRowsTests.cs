using Bunit;
using Labeler.Shared.Projects;
using Labeler.Web.Features.Projects;
using Microsoft.AspNetCore.Components;

namespace Labeler.Web.Tests.Components;

public sealed class ChoiceRowsTests : OpenPage
{
    [Fact]
    public void Options_come_and_go_without_losing_what_is_typed_elsewhere()
    {
        var rows = Alive(Scale.Rubric);
        rows.FindAll("[name='Choice.Definition']")[1].Change("typed by hand");
        Button(rows, "Add an option").Click();
        Assert.Equal(6, rows.FindAll(".choice-row").Count);
        Assert.Equal("typed by hand", rows.FindAll("[name='Choice.Definition']")[1].GetAttribute("value"));
        // The new one has the first key that is free.
        Assert.Equal(["1", "2", "3", "4", "5", "6"], Values(rows, "Key"));

        rows.Find("[aria-label='Remove the option 0']").Click();
        Assert.Equal(["1", "3", "6", "10", ""], Values(rows, "Name"));
        Assert.Equal("typed by hand", Values(rows, "Definition")[0]);
        Button(rows, "Add an option").Click();
        Assert.Equal(["2", "3", "4", "5", "6", "1"], Values(rows, "Key"));
    }

    [Fact]
    public void A_ready_made_scale_replaces_the_rows()
    {
        var rows = Alive([new("Mine", "m", "")]);
        Button(rows, "Scores 0, 1, 3, 6, 10").Click();
        Assert.Equal(["0", "1", "3", "6", "10"], Values(rows, "Value"));
        Button(rows, "Label 1, 2, 3").Click();
        Assert.Equal(["Label 1", "Label 2", "Label 3"], Values(rows, "Name"));
    }

    [Fact]
    public void There_are_at_most_twenty()
    {
        var rows = Alive([.. Enumerable.Range(0, 19).Select(n => new Choice($"{n}", $"{(char)('a' + n)}", ""))]);
        Button(rows, "Add an option").Click();
        Assert.Equal(20, rows.FindAll(".choice-row").Count);
        Assert.True(Button(rows, "Add an option").HasAttribute("disabled"));
    }

    [Fact]
    public void Before_the_page_is_alive_its_buttons_wait_and_its_fields_are_there()
    {
        SetRendererInfo(new RendererInfo("Static", isInteractive: false));
        var rows = Render<ChoiceRows>(c => c.Add(x => x.Initial, [.. Scale.Labels]));
        Assert.All(rows.FindAll("button"), button => Assert.True(button.HasAttribute("disabled")));
        Assert.Equal(["Label 1", "Label 2", "Label 3"], Values(rows, "Name"));
    }

    private IRenderedComponent<ChoiceRows> Alive(IEnumerable<Choice> initial)
    {
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        return Render<ChoiceRows>(c => c.Add(x => x.Initial, [.. initial]));
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<ChoiceRows> rows, string text) => rows.FindAll("button").Single(button => button.TextContent.Trim() == text);

    private static List<string> Values(IRenderedComponent<ChoiceRows> rows, string field) => [.. rows.FindAll($"[name='Choice.{field}']").Select(input => input.GetAttribute("value") ?? "")];
}
