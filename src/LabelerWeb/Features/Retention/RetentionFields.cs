using Labeler.Shared.Retention;

namespace Labeler.Web.Features.Retention;

/// <summary>The rules as the form asks for them and as an address holds them.</summary>
public static class RetentionFields
{
    public static readonly List<SettingField> All = SettingField.Of<RetentionSettings>("Rules");

    public static string InAddress(SettingField field) => field.Name["Rules.".Length..];

    /// <summary>Rules that somebody wants to see the effect of; what an address says wrongly is left out.</summary>
    public static RetentionSettings Of(IQueryCollection address)
    {
        var settings = new RetentionSettings();
        foreach (var field in All)
        {
            try
            {
                field.Set(settings, address[InAddress(field)].ToString());
            }
            catch (LabelerException)
            {
                // Somebody changed the address by hand; the form's own texts are checked before.
                continue;
            }
        }
        return settings.Faults().Count > 0 ? new() : settings;
    }
}
