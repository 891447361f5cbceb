namespace Labeler.Web.Components.Forms;

/// <summary>What forms call the choices of a setting.</summary>
public static class ChoiceNames
{
    /// <summary>A choice of a form, by its name in the code.</summary>
    public static string Of(string choice) => choice switch
    {
        "BySize" => Texts.Key("By size"),
        "All" => Texts.Key("All"),
        "Sorted" => Texts.Key("Sorted"),
        "Sde" => "SDE",
        "Cps" => "CPS",
        "Lora" => "LoRA",
        "Full" => Texts.Key("Full"),
        "Grouped" => Texts.Key("Grouped"),
        "Official" => Texts.Key("Official"),
        "ImportanceSampling" => Texts.Key("Importance sampling"),
        "ScoreFunction" => Texts.Key("Score function"),
        "Automatic" => Texts.Key("Automatic"),
        "Prompt" => Texts.Key("Prompt"),
        "Batch" => Texts.Key("Batch"),
        "Group" => Texts.Key("Group"),
        "Greedy" => Texts.Key("Greedy"),
        "KahnemanTversky" => "Kahneman–Tversky",
        "LossAverse" => Texts.Key("Loss averse"),
        "RiskSeeking" => Texts.Key("Risk seeking"),
        "Rating" => Texts.Key("Rating"),
        "YesOrNo" => Texts.Key("Yes or no"),
        _ => choice,
    };
}
