namespace Labeler.Web.Features.RewardRuns;

/// <summary>The settings of a run as a form asks for them.</summary>
public static class RunFields
{
    public static readonly List<SettingField> All = SettingField.Of<RewardRunOptions>("Run");
}
