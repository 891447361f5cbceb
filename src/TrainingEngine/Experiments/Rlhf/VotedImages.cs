using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Rewards.Learned;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Experiments.Rlhf;

/// <summary>Pictures and votes of all rounds so far, which a reward model learns from. The pictures are kept in memory, as their files are
/// deleted with the round.</summary>
internal sealed class VotedImages
{
    private readonly List<Func<Picture>> _pictures = [];
    private readonly List<JudgedPair> _pairs = [];
    private int _groups;

    public IReadOnlyList<Func<Picture>> Pictures => _pictures;

    public IReadOnlyList<JudgedPair> Pairs => _pairs;

    public void Add(SampleFolder samples, IReadOnlyList<PreferencePair> pairs)
    {
        var (first, size) = (_pictures.Count, samples.Manifest.GroupSize);
        for (var group = 0; group < samples.Groups; group++)
        {
            for (var image = 0; image < size; image++)
            {
                var picture = Picture.Decode(File.ReadAllBytes(samples.ImageOf(group, image)));
                _pictures.Add(() => picture);
            }
        }
        _pairs.AddRange(pairs.Select(pair => new JudgedPair(_groups + pair.Group, samples.Manifest.Prompts[pair.Group],
            first + (pair.Group * size) + pair.Winner, first + (pair.Group * size) + pair.Loser, pair.Weight)));
        _groups += samples.Groups;
    }
}
