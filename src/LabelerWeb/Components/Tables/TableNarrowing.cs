using MudBlazor;

namespace Labeler.Web.Components.Tables;

/// <summary>Finds the rows among which a page without filters lies, and how many come before them; null where that is not to be told from
/// the order that was chosen.</summary>
/// <param name="skip">Rows before the page.</param>
public delegate Task<(IQueryable<T> Rows, int Before)?> TableNarrowing<T>(
    LabelerDb db, GridState<T> state, int skip, CancellationToken cancel);
