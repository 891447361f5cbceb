using Labeler.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests.Labeling;

/// <summary>The labeling page as a person uses it.</summary>
public sealed class LabelingScreen(Visitor visitor, string slug, SeededProject? project)
{
    public LabelingScreen(Visitor visitor, SeededProject project) : this(visitor, project.Project.Slug, project)
    {
    }

    public IPage Page => visitor.Page;

    public Visitor Visitor => visitor;

    public string Slug => slug;

    public ILocator Tile(int number) => Page.Locator($"[data-tile='{number}']");

    public ILocator Saved => Page.Locator("[data-saved]");

    public ILocator Warning => Page.Locator("[data-warning]");

    public ILocator Prompt => Page.Locator("[data-prompt]");

    public static Task<LabelingScreen> Open(Visitor visitor, SeededProject project) => Open(new LabelingScreen(visitor, project));

    /// <summary>A project whose pictures a worker makes; <see cref="Stored"/> does not know it.</summary>
    public static Task<LabelingScreen> Open(Visitor visitor, string slug) => Open(new LabelingScreen(visitor, slug, null));

    private static async Task<LabelingScreen> Open(LabelingScreen screen)
    {
        await screen.Visitor.Go($"/p/{screen.Slug}/label");
        await screen.Ready();
        return screen;
    }

    /// <summary>Every picture of the stage has been decoded and seen (or is blurred).</summary>
    public async Task Ready()
    {
        await Expect(Page.Locator("[data-stage] .frame").First).ToBeVisibleAsync();
        await Expect(Page.Locator("[data-stage] .frame:not(.seen):not(.blurred)")).ToHaveCountAsync(0);
        // What comes sooner after an answer is taken for a double click.
        await Expect(Page.Locator("labeling-desk.just-answered")).ToHaveCountAsync(0);
    }

    /// <summary>At least this many groups after the one in front are decoded.</summary>
    public Task Ahead(int groups) => Page.WaitForFunctionAsync("groups => Number(document.querySelector('labeling-desk').dataset.ready) >= groups", groups);

    /// <summary>Presses keys one after the other, once the last answer is so long ago that they are no second half of it.</summary>
    public async Task Press(params string[] keys)
    {
        await Expect(Page.Locator("labeling-desk.just-answered")).ToHaveCountAsync(0);
        foreach (var key in keys)
        {
            await Page.Keyboard.PressAsync(key);
        }
    }

    /// <summary>Does something in no time, as far as the page can tell; its clock must be installed.</summary>
    public async Task WhileTheClockStands(Func<Task> action)
    {
        await Expect(Page.Locator("labeling-desk.just-answered")).ToHaveCountAsync(0);
        await Page.Clock.PauseAtAsync(DateTimeOffset.FromUnixTimeMilliseconds(await Page.EvaluateAsync<long>("Date.now() + 1000")).UtcDateTime);
        await action();
        await Page.Clock.ResumeAsync();
    }

    /// <summary>Flags these pictures and commits; the next group is in sight afterwards.</summary>
    public async Task Flag(params int[] tiles)
    {
        await Press([.. tiles.Select(tile => $"{tile}"), "Enter"]);
        await Ready();
    }

    public Task AllSaved() => Expect(Saved).ToHaveAttributeAsync("data-saved", "saved");

    public Task Waiting(int votes) => Expect(Saved).ToHaveTextAsync(new System.Text.RegularExpressions.Regex($"{votes} waiting"));

    public Task Notice(string state) => Expect(Page.Locator($"[data-stage] [data-state='{state}']")).ToBeVisibleAsync();

    public async Task<string> PromptText() => (await Prompt.TextContentAsync())!;

    public Task<IReadOnlyList<Labeler.Shared.Voting.Vote>> Stored() => LabelingFixture.Votes(project!);
}
