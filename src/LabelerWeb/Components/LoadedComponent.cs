using Microsoft.AspNetCore.Components;

namespace Labeler.Web.Components;

/// <summary>The base of what is no island: it is shown when it has read what it shows, and not before. (The framework's own base shows it
/// once while it still reads, which with a database file never takes place, as that is read at once.)</summary>
public abstract class LoadedComponent : ComponentBase
{
    private bool _hasBegun;

    /// <inheritdoc />
    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (!_hasBegun)
        {
            _hasBegun = true;
            OnInitialized();
            await OnInitializedAsync();
        }
        OnParametersSet();
        await OnParametersSetAsync();
        StateHasChanged();
    }
}
