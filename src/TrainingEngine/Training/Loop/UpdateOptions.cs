using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>Settings of the updates that all algorithms have.</summary>
public abstract record UpdateOptions
{
    [Description("of AdamW"), Range(1e-12, 1.0)]
    public double LearningRate { get; init; } = 3e-4;

    [Description("decay of AdamW's mean of gradients"), Range(0.0, 0.999999)]
    public double AdamBeta1 { get; init; } = 0.9;

    [Description("decay of AdamW's mean of squared gradients"), Range(0.0, 0.9999999)]
    public double AdamBeta2 { get; init; } = 0.999;

    [Description("AdamW's ε"), Range(1e-16, 1.0)]
    public double AdamEpsilon { get; init; } = 1e-8;

    [Description("decoupled weight decay"), Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 1e-4;

    [Description("norm to which gradients are clipped"), Range(1e-9, 1e9)]
    public double MaxGradientNorm { get; init; } = 1;

    [Description("optimizer steps over which the learning rate rises from 0"), Range(0, 1_000_000)]
    public int WarmUpSteps { get; init; }

    [Description("share of the learning rate that is lost evenly until the last step: 0.9 leaves a tenth; an epoch then ends where many of "
        + "its steps lead, and not where the last few do"), Range(0.0, 1.0)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double LearningRateDecay { get; init; }

    [Description("seed of every order and draw, and of a new adapter")]
    public int Seed { get; init; }

    /// <summary>Settings of the optimizer.</summary>
    [JsonIgnore]
    public AdamWSettings AdamW => new(LearningRate, AdamBeta1, AdamBeta2, AdamEpsilon, WeightDecay);

    /// <summary>Share of the learning rate with which an optimizer step is taken.</summary>
    /// <param name="step">Counted from 0.</param>
    /// <param name="steps">In all.</param>
    public double RateAt(int step, int steps) =>
        (step < WarmUpSteps ? (step + 1.0) / WarmUpSteps : 1) * (1 - (LearningRateDecay * step / Math.Max(1, steps)));

    /// <exception cref="EngineException">A value is outside its range.</exception>
    public virtual void Validate()
    {
        var wrong = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), wrong, validateAllProperties: true))
        {
            throw new EngineException("training options: " + string.Join(" ", wrong.Select(result => result.ErrorMessage)));
        }
    }
}

/// <summary>The name of a setting on the command line, where it is not the property's.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionNameAttribute(string name) : Attribute
{
    public string Name => name;
}
