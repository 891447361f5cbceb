using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.Denoising;

/// <summary>Settings of the algorithms that learn by denoising.</summary>
public abstract record DenoisingOptions : UpdateOptions
{
    [Description("images (for pairs: pairs) whose gradients make one optimizer step"), Range(1, 1_000_000)]
    public int ImagesPerStep { get; init; } = 32;

    /// <summary>Optimizer steps for so many images or pairs; every pass draws new timesteps and noise.</summary>
    public abstract int StepsFor(int items);

    /// <summary>The items of every optimizer step: pass after pass, each in an order of its own.</summary>
    internal IEnumerable<(int Pass, int[] Items)> Plan(int items)
    {
        var left = StepsFor(items);
        for (var pass = 0; left > 0; pass++)
        {
            foreach (var together in NoisePlan.Order(items, Seed, pass).Chunk(ImagesPerStep).Take(left))
            {
                left--;
                yield return (pass, together);
            }
        }
    }
}

/// <summary>Those that go through their images a number of times.</summary>
public abstract record PassOptions : DenoisingOptions
{
    [Description("passes over the images, each with new timesteps and noise"), Range(1, 100_000)]
    public int InnerEpochs { get; init; } = 1;

    /// <inheritdoc />
    public override int StepsFor(int items) => InnerEpochs * ((items + ImagesPerStep - 1) / ImagesPerStep);
}
