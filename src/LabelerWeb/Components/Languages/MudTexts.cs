using MudBlazor;

namespace Labeler.Web.Components.Languages;

/// <summary>The component library's own words; in English it knows them itself.</summary>
public sealed class MudTexts(IStringLocalizer<Texts> texts) : MudLocalizer
{
    private const string Way = "MudBreadcrumbs_Label";

    private static readonly Dictionary<string, string> Names = new()
    {
        [Way] = Texts.Key("The way to this page"),
        ["MudDataGridPager_AllItems"] = Texts.Key("All rows"),
        ["MudDataGridPager_FirstPage"] = Texts.Key("First page"),
        ["MudDataGridPager_InfoFormat"] = Texts.Key("{0}-{1} of {2}"),
        ["MudDataGridPager_LastPage"] = Texts.Key("Last page"),
        ["MudDataGridPager_NextPage"] = Texts.Key("Next page"),
        ["MudDataGridPager_PreviousPage"] = Texts.Key("Page before"),
        ["MudDataGridPager_RowsPerPage"] = Texts.Key("Rows per page:"),
        ["MudDataGrid_AddFilter"] = Texts.Key("Add a filter"),
        ["MudDataGrid_Apply"] = Texts.Key("Apply"),
        ["MudDataGrid_Cancel"] = Texts.Key("Cancel"),
        ["MudDataGrid_Clear"] = Texts.Key("Clear"),
        ["MudDataGrid_ClearFilter"] = Texts.Key("Clear the filter"),
        ["MudDataGrid_Column"] = Texts.Key("Column"),
        ["MudDataGrid_Columns"] = Texts.Key("Columns"),
        ["MudDataGrid_Contains"] = Texts.Key("contains"),
        ["MudDataGrid_EndsWith"] = Texts.Key("ends with"),
        ["MudDataGrid_Equals"] = Texts.Key("equals"),
        ["MudDataGrid_False"] = Texts.Key("no"),
        ["MudDataGrid_Filter"] = Texts.Key("Filter"),
        ["MudDataGrid_FilterValue"] = Texts.Key("Filter value"),
        ["MudDataGrid_Hide"] = Texts.Key("Hide"),
        ["MudDataGrid_Is"] = Texts.Key("is"),
        ["MudDataGrid_IsEmpty"] = Texts.Key("is empty"),
        ["MudDataGrid_IsNot"] = Texts.Key("is not"),
        ["MudDataGrid_IsNotEmpty"] = Texts.Key("is not empty"),
        ["MudDataGrid_Loading"] = Texts.Key("Loading …"),
        ["MudDataGrid_NotContains"] = Texts.Key("does not contain"),
        ["MudDataGrid_NotEquals"] = Texts.Key("does not equal"),
        ["MudDataGrid_OpenFilters"] = Texts.Key("Open the filters"),
        ["MudDataGrid_Operator"] = Texts.Key("Operator"),
        ["MudDataGrid_RemoveFilter"] = Texts.Key("Remove the filter"),
        ["MudDataGrid_ShowColumnOptions"] = Texts.Key("What can be done with the column"),
        ["MudDataGrid_Sort"] = Texts.Key("Sort"),
        ["MudDataGrid_StartsWith"] = Texts.Key("starts with"),
        ["MudDataGrid_True"] = Texts.Key("yes"),
        ["MudDataGrid_Unsort"] = Texts.Key("Do not sort"),
        ["MudDataGrid_Value"] = Texts.Key("Value"),
    };

    public override LocalizedString this[string key] => Of(key, []);

    public override LocalizedString this[string key, params object[] arguments] => Of(key, arguments);

    private LocalizedString Of(string key, object[] arguments)
    {
        if (!Names.TryGetValue(key, out var text) || (key != Way && Language.Present == Language.All[0]))
        {
            return new(key, key, resourceNotFound: true);
        }
        return texts[text, arguments];
    }
}
