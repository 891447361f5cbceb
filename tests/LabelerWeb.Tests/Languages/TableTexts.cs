using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Labeler.Shared.PreferenceSets;
using Labeler.Shared.Projects;
using Labeler.Shared.Scoring;
using Labeler.Web.Features.InstalledRewards;

namespace Labeler.Web.Tests.Languages;

/// <summary>Texts of the domain's tables and settings, which pages look up where they show them.</summary>
internal static class TableTexts
{
    public static IEnumerable<string> All =>
    [
        .. AlgorithmInfo.All.SelectMany(algorithm => new[] { algorithm.Title, algorithm.Description }),
        .. Enum.GetValues<RewardKind>().SelectMany(kind => new[] { kind.Title(), RewardFields.About(kind) }),
        .. SetFormat.All.Concat(SetFormat.Tables).SelectMany(format => new[] { format.Title, format.Description }),
        .. typeof(AlgorithmInfo).Assembly.GetTypes().SelectMany(type => type.GetProperties()).Select(property => property.GetCustomAttribute<DisplayAttribute>())
            .SelectMany(display => new[] { display?.Name, display?.Description }).OfType<string>().Distinct(),
    ];
}
