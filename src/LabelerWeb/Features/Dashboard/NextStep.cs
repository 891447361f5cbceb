using Labeler.Web.Components.Layout;

namespace Labeler.Web.Features.Dashboard;

/// <summary>What a project needs next of the people who look after it.</summary>
/// <param name="Tab">Where that is done; null where there is nothing to do but to wait.</param>
/// <param name="Query">Of the tab's address.</param>
public sealed record NextStep(string Text, ProjectTab? Tab, string Query = "")
{
    public static async Task<NextStep> Of(LabelerDb db, Project project, Figures figures)
    {
        var epoch = await db.Epochs.AsNoTracking().Where(e => e.ProjectId == project.Id)
            .OrderByDescending(e => e.Number).FirstOrDefaultAsync();
        if (epoch is null)
        {
            return project.Source == PictureSource.Imported ? new(Texts.Say($"Bring in photos to be judged."), ProjectTab.Photos)
                : new(Texts.Say($"Sample the first epoch."), ProjectTab.Epochs);
        }
        var items = await db.Items.Where(item => item.EpochId == epoch.Id && item.Use == ItemUse.Training).GroupBy(item => item.State)
            .Select(of => new { of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Key, of => of.Count);
        return items.GetValueOrDefault(ItemState.Disputed) is > 0 and var disputed
            ? new(disputed == 1 ? Texts.Say($"1 check waits for a lead's decision.")
                : Texts.Say($"{disputed} checks wait for a lead's decision."), ProjectTab.Review, "?show=Checks")
            : Of(project, epoch, figures, items.Values.Sum(), items.GetValueOrDefault(ItemState.Done));
    }

    private static NextStep Of(Project project, Epoch epoch, Figures figures, int items, int judged) => epoch.State switch
    {
        EpochState.Failed => new(Texts.Say($"Epoch {epoch.Number} failed. Look at why and try again."), ProjectTab.Epochs),
        EpochState.Sampling =>
            new(Texts.Say($"Epoch {epoch.Number} is being sampled. Pictures that are there can be judged already."), ProjectTab.Label),
        EpochState.Labeling when figures.Changes is [.., { IsWorse: true } worse] && worse.Epoch == epoch.Number =>
            new(Texts.Say($"Epoch {worse.Epoch} is worse than epoch {worse.Against}, and not by chance. Roll back, or find out why."),
                ProjectTab.Epochs),
        EpochState.Labeling when project.Source == PictureSource.Imported => judged < items
            ? new(items - judged == 1 ? Texts.Say($"1 of {items} photos is still to be judged.")
                : Texts.Say($"{items - judged} of {items} photos are still to be judged."), ProjectTab.Label)
            : new(Texts.Say($"All photos are judged. Take the labels along."), ProjectTab.Photos),
        EpochState.Labeling when Signal(figures, epoch) is var signal && signal >= project.Settings.SignalBudget =>
            new(Texts.Say($"There is enough to learn from: {signal} of {project.Settings.SignalBudget}. Train epoch {epoch.Number}."),
                ProjectTab.Epochs),
        EpochState.Labeling when judged < items => new(items - judged == 1
            ? Texts.Say($"1 of {items} items is still to be judged.")
            : Texts.Say($"{items - judged} of {items} items are still to be judged."), ProjectTab.Label),
        EpochState.Labeling => AllJudged(Signal(figures, epoch), project.Settings.SignalBudget),
        EpochState.Training =>
            new(Texts.Say($"Epoch {epoch.Number} is learned from. The next epoch's pictures follow by themselves."), null),
        _ => new(Texts.Say($"No epoch is under way. Start another."), ProjectTab.Epochs),
    };

    private static NextStep AllJudged(int signal, int budget) => new(Texts.Say(
        $"Everything is judged, and gives {signal} of the {budget} to learn from. Train all the same, or ask for more votes."),
        ProjectTab.Epochs);

    private static int Signal(Figures figures, Epoch epoch) =>
        figures.Yield.Where(yield => yield.Epoch == epoch.Number).Select(yield => yield.Pairs).FirstOrDefault();
}
