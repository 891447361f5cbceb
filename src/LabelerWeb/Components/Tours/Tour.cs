namespace Labeler.Web.Components.Tours;

/// <summary>One step: what it is about, and where on the page that stands.</summary>
/// <param name="At">A selector; a step whose element is not on the page is left out.</param>
/// <param name="Title">In English, as the text; looked up where it is shown.</param>
public sealed record TourStep(string At, string Title, string Text);

/// <summary>
/// A few steps around a page, shown once to everybody whose day begins there. That somebody has seen it is a claim of their account, so
/// that it stays seen at another browser and on another device.
/// </summary>
/// <param name="Role">Whose it is; null for everybody's.</param>
public sealed record Tour(string Name, string? Role, IReadOnlyList<TourStep> Steps)
{
    public const string Claim = "tour";

    private static readonly TourStep GoTo = new("[data-palette]", Texts.Key("Go anywhere"),
        Texts.Key("Press Ctrl+K on any page and type a part of a name: a project, a page, an epoch."));

    private static readonly TourStep Account = new(".topbar .dropdown > summary", Texts.Key("Your account"),
        Texts.Key("Colors, language, keys and your devices are here, and so is this tour."));

    public static Tour Annotator { get; } = new("annotator", Shared.Accounts.Role.Annotator,
    [
        new(".project-card, .empty", Texts.Key("This is where you start"),
            Texts.Key("Each card is a project. Open one and judge its pictures, one group after the other.")),
        new(".project-card .labeling-figures", Texts.Key("What is waiting"),
            Texts.Key("How much is left for you, how far everybody is, and what you have done today.")),
        GoTo, Account,
    ]);

    public static Tour Lead { get; } = new("lead", Shared.Accounts.Role.Lead,
    [
        new(".project, .empty", Texts.Key("A project is the place"),
            Texts.Key("Open one to see whether its model gets better, whether the votes can be trusted, and what to do next.")),
        GoTo, Account,
    ]);

    public static Tour Admin { get; } = new("admin", Shared.Accounts.Role.Admin,
    [
        new("main a[href='projects/new']", Texts.Key("Make a project"),
            Texts.Key("A name, a task, prompts and a model are enough to start. Everything else has a good default.")),
        Lead.Steps[0],
        new(".nav [href='people']", Texts.Key("Invite people"),
            Texts.Key("A link for each: annotators judge, leads look after the votes, admins run everything.")),
        new(".nav [href='system']", Texts.Key("Look after the server"), Texts.Key("What the trainer does, backups and rewards.")),
        GoTo, Account,
    ]);

    public static Tour Labeling { get; } = new("labeling", null,
    [
        new("[data-stage] > :first-child", Texts.Key("Judge by keys"),
            Texts.Key("Digits choose, Enter commits, and the next pictures are there at once. The mouse and touch do the same.")),
        new("[data-action=skip]", Texts.Key("Not sure?"), Texts.Key("Say so. An honest doubt helps more than a guess.")),
        new("[data-action=undo]", Texts.Key("Nothing is lost"), Texts.Key("The last answers can be taken back, one after the other.")),
        new("[data-saved]", Texts.Key("No button to save"),
            Texts.Key("Every answer is kept at once, also without a connection. Here you see whether the server has it.")),
        new("[data-action=guidelines]", Texts.Key("What to look for"),
            Texts.Key("The project's guidelines are one key away, and so is the list of keys.")),
    ]);

    public static IReadOnlyList<Tour> All { get; } = [Annotator, Lead, Admin, Labeling];

    /// <summary>That of the page where the days of people of this role begin.</summary>
    public static Tour Of(string role) => All.First(tour => tour.Role == role);
}
