namespace Labeler.Web.Features.InstalledRewards;

/// <summary>What the form of a new reward says, as typed.</summary>
public sealed class RewardForm
{
    public string Name { get; private set; } = "";
    public RewardKind Kind { get; private set; }
    public RewardSettings Settings { get; private set; } = new();
    public List<string> Faults { get; } = [];

    public static RewardForm Empty(RewardKind kind) => new() { Kind = kind };

    public static RewardForm Read(RewardKind kind, IFormCollection posted)
    {
        var form = new RewardForm { Kind = kind, Name = posted["Name"].ToString() };
        form.Settings = SettingField.Fill(RewardFields.Of(kind), new RewardSettings(), posted, form.Faults) with
        {
            LearnedReward = kind == RewardKind.Learned && long.TryParse(posted["LearnedReward"], out var id) ? id : null,
        };
        form.Faults.AddRange(form.Settings.Faults(kind).Except(form.Faults));
        return form;
    }
}
